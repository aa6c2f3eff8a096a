package io.neurobalancer.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file format: one document of one schema, bound to a record. The schema's name is the document's
 * first field; the record's components are the others.
 *
 * @param <T> the record
 */
final class JsonFormat<T extends Record> {

  private final Class<T> type;
  private final String schema;
  private final String what;
  private final String advice;
  private final long mostBytes;
  private final ObjectMapper mapper;

  /**
   * Describes a format.
   *
   * @param schema such as {@code neurobalancer/plan/1}
   * @param what users call such a file, such as {@code plan file}
   * @param advice what to do about a bad one, to follow the word "Maybe"
   * @param mostBytes of a file that is read
   */
  JsonFormat(Class<T> type, String schema, String what, String advice, long mostBytes) {
    this(type, schema, what, advice, mostBytes, Json.MAPPER);
  }

  /** As above, read by another mapper. */
  JsonFormat(
      Class<T> type,
      String schema,
      String what,
      String advice,
      long mostBytes,
      ObjectMapper mapper) {
    this.type = type;
    this.schema = schema;
    this.what = what;
    this.advice = advice;
    this.mostBytes = mostBytes;
    this.mapper = mapper;
  }

  /** Returns the text of a document; the same document gives the same bytes. */
  String write(T document) {
    return JsonText.write(schema, document);
  }

  /**
   * Reads a file.
   *
   * @throws NeuroBalancerException if it is missing, too large, cut off or no such document; the
   *     message names file and field
   */
  T read(Path file) {
    return parse(file.toString(), bytes(file));
  }

  /** Returns what a file holds, up to the format's limit. */
  byte[] bytes(Path file) {
    return BoundedFiles.bytes(file, mostBytes, what, advice);
  }

  /**
   * Reads a document.
   *
   * @param file the name for messages
   * @throws NeuroBalancerException if it is no such document; the message names file and field
   */
  T parse(String file, byte[] text) {
    try {
      @Nullable JsonNode root = mapper.readTree(text);
      if (!(root instanceof ObjectNode object)) {
        throw JsonProblem.wrong(file, "", "must be an object", advice, null);
      }
      @Nullable JsonNode found = object.remove("schema");
      if (found == null || !found.isTextual()) {
        throw JsonProblem.wrong(
            file, "schema", "is missing or no text; it must be '" + schema + "'", advice, null);
      }
      if (!found.textValue().equals(schema)) {
        throw JsonProblem.wrong(
            file,
            "schema",
            "('%s') must be '%s'".formatted(found.textValue(), schema),
            advice,
            null);
      }
      T value = mapper.treeToValue(Json.bounded(object), type);
      Json.refuseInfinite(object);
      return value;
    } catch (JacksonException e) {
      throw JsonProblem.explain(file, advice, e);
    } catch (FieldException e) {
      throw JsonProblem.wrong(file, advice, e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the exception for a field of a file that binds, but makes no sense. */
  NeuroBalancerException wrong(String file, FieldException e) {
    return JsonProblem.wrong(file, advice, e);
  }
}
