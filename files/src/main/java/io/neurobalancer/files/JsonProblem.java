package io.neurobalancer.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one place where what the JSON library has to say becomes a sentence for users: file, path of
 * the field, what is wrong with it, and what to do.
 */
final class JsonProblem {

  private JsonProblem() {}

  /**
   * Explains an exception of the library.
   *
   * @param file as users call it
   * @param advice to follow the word "Maybe"
   */
  static NeuroBalancerException explain(String file, String advice, JacksonException problem) {
    @Nullable FieldException field = cause(problem, FieldException.class);
    if (field != null) {
      return wrong(
          file,
          child(path(problem), field.field()),
          field.what(),
          Objects.requireNonNullElse(field.advice(), advice),
          problem);
    }
    @Nullable StreamReadException unreadable = cause(problem, StreamReadException.class);
    if (unreadable instanceof InputCoercionException) {
      return wrong(file, path(problem), "is a number out of range", advice, problem);
    }
    @Nullable StreamConstraintsException bounds = cause(problem, StreamConstraintsException.class);
    if (bounds != null) {
      return NeuroBalancerException.invalid(
          "%s: this is no sensible document%s: a number, name or text in it is too long, or it is nested too deeply.%nMaybe %s."
              .formatted(file, where(bounds.getLocation()), advice),
          problem);
    }
    if (unreadable != null) {
      return NeuroBalancerException.invalid(syntax(file, advice, unreadable), problem);
    }
    @Nullable RuntimeException refused = cause(problem, IllegalArgumentException.class);
    if (refused == null) {
      refused = cause(problem, NeuroBalancerException.class);
    }
    if (refused != null) {
      return wrong(
          file, path(problem), "cannot be: " + firstLine(refused.getMessage()), advice, problem);
    }
    if (String.valueOf(problem.getOriginalMessage()).startsWith("Trailing token")) {
      return NeuroBalancerException.invalid(
          "%s: there is more behind the end of the document.%nMaybe %s.".formatted(file, advice),
          problem);
    }
    return wrong(file, path(problem), what(problem), advice, problem);
  }

  /** Returns the exception for a field that is wrong. */
  static NeuroBalancerException wrong(
      String file, String path, String what, String advice, @Nullable Throwable cause) {
    String message =
        "%s: %s %s.%nMaybe %s."
            .formatted(file, path.isEmpty() ? "the top level" : path, what, advice);
    return cause == null
        ? NeuroBalancerException.invalid(message)
        : NeuroBalancerException.invalid(message, cause);
  }

  static NeuroBalancerException wrong(String file, String advice, FieldException e) {
    return wrong(file, e.field(), e.what(), Objects.requireNonNullElse(e.advice(), advice), e);
  }

  private static String syntax(String file, String advice, StreamReadException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (message.startsWith("Duplicate field") || message.startsWith("Duplicate Object")) {
      return "%s: the field %s is there twice%s.%nMaybe keep one of them."
          .formatted(file, quoted(message), where(e.getLocation()));
    }
    String format =
        e.getProcessor() instanceof YAMLParser ? "neither YAML nor JSON" : "no valid JSON";
    return "%s: this is %s%s.%nMaybe it is cut off there; %s."
        .formatted(file, format, where(e.getLocation()), advice);
  }

  private static String quoted(String message) {
    int start = message.indexOf('\'');
    int end = message.lastIndexOf('\'');
    return start < 0 || end <= start ? "of some name" : message.substring(start, end + 1);
  }

  private static String where(@Nullable JsonLocation location) {
    return location == null || location.getLineNr() < 0
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static String what(JacksonException problem) {
    if (problem instanceof UnrecognizedPropertyException) {
      return "is no field of this schema";
    }
    String message = String.valueOf(problem.getOriginalMessage());
    if (problem instanceof InvalidNullException
        || message.startsWith("Null value for creator")
        || message.startsWith("Cannot map `null`")) {
      return "must not be null";
    }
    if (message.startsWith("Missing required creator")) {
      return "is missing";
    }
    if (problem instanceof InvalidFormatException format) {
      return "(%s) must be %s".formatted(shown(format.getValue()), kind(format.getTargetType()));
    }
    if (problem instanceof MismatchedInputException mismatch) {
      return "must be " + kind(mismatch.getTargetType());
    }
    return "cannot be read";
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    String brief = text.length() > 60 ? text.substring(0, 57) + "..." : text;
    return value instanceof Number ? brief : "'" + brief + "'";
  }

  private static String kind(@Nullable Class<?> type) {
    if (type == null || type.isRecord() || JsonNode.class.isAssignableFrom(type)) {
      return "an object";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == long.class
        || type == Long.class
        || type == int.class
        || type == Integer.class
        || type == OptionalInt.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class || type == OptionalDouble.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a text";
    }
    if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "a list";
    }
    return Map.class.isAssignableFrom(type) || type == Optional.class
        ? "an object"
        : "of another type";
  }

  private static String path(JacksonException problem) {
    if (!(problem instanceof JsonMappingException mapping)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      @Nullable String field = step.getFieldName();
      if (field != null) {
        path.append(path.length() == 0 ? "" : ".").append(field);
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  private static String child(String path, String field) {
    return path.isEmpty() || field.isEmpty() || field.startsWith("[")
        ? path + field
        : path + "." + field;
  }

  static String firstLine(@Nullable String message) {
    String text = String.valueOf(message);
    String line = text.lines().findFirst().orElse(text);
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }

  private static <E extends Throwable> @Nullable E cause(Throwable top, Class<E> type) {
    for (@Nullable Throwable e = top; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }
}
