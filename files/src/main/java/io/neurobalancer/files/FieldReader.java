package io.neurobalancer.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the fields of one JSON object and remembers which were read, so that misspelt ones are
 * found.
 */
final class FieldReader {

  private final String file;
  private final String path;
  private final JsonNode node;
  private final Set<String> read = new HashSet<>();

  FieldReader(String file, String path, JsonNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
    if (!node.isObject()) {
      throw error(path.isEmpty() ? "the top level" : path, "must be an object");
    }
  }

  FieldReader object(String name) {
    return new FieldReader(file, child(name), required(name));
  }

  List<FieldReader> objects(String name) {
    JsonNode array = required(name);
    if (!array.isArray() || array.isEmpty()) {
      throw error(child(name), "must be a list with at least one entry");
    }
    List<FieldReader> readers = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      readers.add(new FieldReader(file, child(name) + "[" + i + "]", array.get(i)));
    }
    return readers;
  }

  String text(String name) {
    JsonNode value = required(name);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw error(child(name), "must be a text that is not empty");
    }
    return value.textValue();
  }

  /**
   * Reads where figures come from: parts separated by "; ", each a known source identifier with or
   * without more after a colon, or a derivation, or an assumption. Only the first part must say so.
   */
  String provenance(String name, Map<String, String> sources) {
    String text = text(name);
    String[] parts = text.split("; ", -1);
    for (int i = 0; i < parts.length; i++) {
      String head =
          parts[i].contains(":") ? parts[i].substring(0, parts[i].indexOf(':')) : parts[i];
      boolean known =
          head.equals("derived") || head.equals("assumed") || sources.containsKey(head.strip());
      if (!known && (i == 0 || head.matches("[A-Z]\\d+"))) {
        throw error(
            child(name),
            "('%s') must begin with one of %s, or with derived: or assumed:"
                .formatted(parts[i], new TreeMap<>(sources).keySet()));
      }
    }
    return text;
  }

  double positive(String name) {
    double value = number(name);
    if (!(value > 0)) {
      throw error(child(name), "(%s) must be positive".formatted(required(name)));
    }
    return value;
  }

  double notNegative(String name) {
    double value = number(name);
    if (!(value >= 0)) {
      throw error(child(name), "(%s) must not be negative".formatted(required(name)));
    }
    return value;
  }

  double share(String name) {
    double value = number(name);
    if (!(value >= 0 && value <= 1)) {
      throw error(child(name), "(%s) must be between 0 and 1".formatted(required(name)));
    }
    return value;
  }

  double positiveShare(String name) {
    double value = number(name);
    if (!(value > 0 && value <= 1)) {
      throw error(child(name), "(%s) must be above 0 and at most 1".formatted(required(name)));
    }
    return value;
  }

  /** Reads one of a few words. */
  String oneOf(String name, String... words) {
    String text = text(name);
    if (!List.of(words).contains(text)) {
      throw error(child(name), "('%s') must be one of %s".formatted(text, List.of(words)));
    }
    return text;
  }

  int smallPositive(String name) {
    long value = wholePositive(name);
    if (value > Integer.MAX_VALUE) {
      throw error(child(name), "(%d) must be at most %d".formatted(value, Integer.MAX_VALUE));
    }
    return (int) value;
  }

  long kilohertz(String name) {
    long value = wholePositive(name);
    if (value > 1_000_000_000) {
      throw error(child(name), "(%d) is more than a terahertz".formatted(value));
    }
    return value;
  }

  long wholePositive(String name) {
    JsonNode value = required(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() <= 0) {
      throw error(child(name), "(%s) must be a positive whole number".formatted(value));
    }
    return value.longValue();
  }

  Map<String, String> texts(String name) {
    JsonNode object = required(name);
    if (!object.isObject()) {
      throw error(child(name), "must be an object");
    }
    Map<String, String> texts = new TreeMap<>();
    object
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw error(child(name) + "." + entry.getKey(), "must be a text");
              }
              texts.put(entry.getKey(), entry.getValue().textValue());
            });
    return texts;
  }

  List<String> textList(String name) {
    List<String> texts = new ArrayList<>();
    JsonNode array = required(name);
    if (!array.isArray()) {
      throw error(child(name), "must be a list of texts");
    }
    for (JsonNode element : array) {
      if (!element.isTextual()) {
        throw error(child(name), "must be a list of texts");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  boolean has(String name) {
    return node.has(name);
  }

  /** Refuses fields that nothing has read. */
  void finish() {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!read.contains(name)) {
                throw error(child(name), "is no field of this schema");
              }
            });
  }

  ProfileException error(String where, String what) {
    return new ProfileException(
        "%s: %s %s.%nMaybe compare it with a bundled profile ('neurobalancer devices')."
            .formatted(file, where, what));
  }

  String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private double number(String name) {
    JsonNode value = required(name);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw error(child(name), "(%s) must be a finite number".formatted(value));
    }
    return value.doubleValue();
  }

  private JsonNode required(String name) {
    read.add(name);
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw error(child(name), "is missing");
    }
    return value;
  }
}
