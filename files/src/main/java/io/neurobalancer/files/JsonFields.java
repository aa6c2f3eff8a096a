package io.neurobalancer.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads the fields of one JSON object of a file that a command wrote; says which one is wrong. */
final class JsonFields {

  private final String file;
  private final String path;
  private final String advice;
  private final JsonNode node;

  JsonFields(String file, String path, String advice, JsonNode node) {
    this.file = file;
    this.path = path;
    this.advice = advice;
    this.node = node;
    if (!node.isObject()) {
      throw error("", "must be an object");
    }
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  JsonFields object(String name) {
    return new JsonFields(file, path + name + ".", advice, required(name));
  }

  List<JsonFields> objects(String name) {
    List<JsonFields> readers = new ArrayList<>();
    JsonNode array = required(name);
    for (int i = 0; i < array.size(); i++) {
      readers.add(new JsonFields(file, "%s%s[%d].".formatted(path, name, i), advice, array.get(i)));
    }
    if (readers.isEmpty()) {
      throw error(name, "must be a list with at least one entry");
    }
    return readers;
  }

  String text(String name) {
    JsonNode value = required(name);
    if (!value.isTextual()) {
      throw error(name, "must be a text");
    }
    return value.textValue();
  }

  double notNegative(String name) {
    JsonNode value = required(name);
    if (!value.isNumber() || !(value.doubleValue() >= 0)) {
      throw error(name, "(%s) must be a number, not negative".formatted(value));
    }
    return value.doubleValue();
  }

  long whole(String name) {
    JsonNode value = required(name);
    if (!value.isIntegralNumber() || value.longValue() < 0) {
      throw error(name, "(%s) must be a whole number, not negative".formatted(value));
    }
    return value.longValue();
  }

  List<Double> numbers(String name) {
    return numbers(name, required(name));
  }

  List<List<Double>> numberLists(String name) {
    List<List<Double>> lists = new ArrayList<>();
    required(name).forEach(list -> lists.add(numbers(name, list)));
    return lists;
  }

  private List<Double> numbers(String name, JsonNode array) {
    List<Double> values = new ArrayList<>();
    if (!array.isArray()) {
      throw error(name, "must be a list of numbers");
    }
    for (JsonNode value : array) {
      if (!value.isNumber()) {
        throw error(name, "(%s) must hold numbers only".formatted(value));
      }
      values.add(value.doubleValue());
    }
    return values;
  }

  <E extends Enum<E>> E choice(String name, Class<E> type) {
    String text = text(name);
    for (E constant : type.getEnumConstants()) {
      if (lower(constant).equals(text)) {
        return constant;
      }
    }
    throw error(
        name,
        "('%s') must be one of %s"
            .formatted(
                text,
                Arrays.stream(type.getEnumConstants())
                    .map(JsonFields::lower)
                    .collect(Collectors.joining(", "))));
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  ProfileException error(String name, String what) {
    String where = name.isEmpty() ? path.replaceAll("\\.$", "") : path + name;
    return new ProfileException(
        "%s: %s %s.%nMaybe %s."
            .formatted(file, where.isEmpty() ? "the top level" : where, what, advice));
  }

  private JsonNode required(String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw error(name, "is missing");
    }
    return value;
  }
}
