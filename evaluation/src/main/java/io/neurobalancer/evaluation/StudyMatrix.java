package io.neurobalancer.evaluation;

import io.neurobalancer.unit.NeuroBalancerException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.neurobalancer.unit.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a study runs: every combination of what the lists name. Written as YAML or JSON, schema
 * {@code neurobalancer/matrix/1}; docs/studies.md describes the fields.
 *
 * @param title of the summary
 * @param models as after {@code --model}
 * @param devices as after {@code --device}
 * @param deadlines {@code 1.5x} the fastest possible job, or a span of time such as {@code 33ms}
 * @param weather names of weathers
 * @param seeds of weather and meters
 * @param governors as after {@code --governors}
 * @param dramPowerFactor as after {@code --dram-power-factor}
 */
public record StudyMatrix(
    String title,
    List<String> models,
    List<String> devices,
    List<String> deadlines,
    List<String> weather,
    List<Long> seeds,
    List<String> governors,
    double dramPowerFactor) {

  public static final String SCHEMA = "neurobalancer/matrix/1";

  private static final ObjectMapper MAPPER =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  /** A matrix as it stands in a file; what may be left out may be null. */
  private record Document(
      @Nullable String schema,
      @Nullable String title,
      @Nullable List<@Nullable String> models,
      @Nullable List<@Nullable String> devices,
      @Nullable List<@Nullable String> deadlines,
      @Nullable List<@Nullable String> weather,
      @Nullable List<@Nullable Long> seeds,
      @Nullable List<@Nullable String> governors,
      @Nullable Double dramPowerFactor) {}

  /**
   * Reads a matrix.
   *
   * @throws NeuroBalancerException if the file cannot be read, or a field is missing, empty or unknown
   */
  public static StudyMatrix load(Path file) {
    Document document;
    try {
      document = MAPPER.readValue(Files.readString(file), Document.class);
    } catch (UnrecognizedPropertyException e) {
      throw wrong(file, path(e), "is no field of this schema", e);
    } catch (MismatchedInputException e) {
      throw wrong(file, path(e), "has a value of another type than the schema asks for", e);
    } catch (JsonProcessingException e) {
      throw NeuroBalancerException.invalid(
            "The matrix '%s' is neither YAML nor JSON (line %d, column %d).%nMaybe compare it with docs/studies/paper-question.yaml."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
            "There is no matrix file '%s' that can be read.%nMaybe use --matrix docs/studies/paper-question.yaml."
              .formatted(file),
          e);
    }
    if (document == null || !SCHEMA.equals(document.schema())) {
      throw wrong(file, "schema", "must be '%s'".formatted(SCHEMA), null);
    }
    List<String> deadlines = filled(file, "deadlines", document.deadlines());
    for (int i = 0; i < deadlines.size(); i++) {
      try {
        seconds(deadlines.get(i), 1);
      } catch (IllegalArgumentException e) {
        throw wrong(
            file,
            "deadlines[%d]".formatted(i),
            "('%s') must be a multiple of the fastest possible job of at least 1x, such as 1.5x, or a time with its unit, such as 33ms"
                .formatted(deadlines.get(i)),
            e);
      }
    }
    if (document.dramPowerFactor() != null && !(document.dramPowerFactor() > 0)) {
      throw wrong(
          file,
          "dramPowerFactor",
          "(%s) must be positive".formatted(document.dramPowerFactor()),
          null);
    }
    return new StudyMatrix(
        document.title() == null ? String.valueOf(file.getFileName()) : document.title(),
        filled(file, "models", document.models()),
        filled(file, "devices", document.devices()),
        deadlines,
        document.weather() == null
            ? List.of("nominal")
            : filled(file, "weather", document.weather()),
        document.seeds() == null ? List.of(7L) : filled(file, "seeds", document.seeds()),
        document.governors() == null ? List.of() : filled(file, "governors", document.governors()),
        document.dramPowerFactor() == null ? 1 : document.dramPowerFactor());
  }

  /** Returns a deadline in seconds, given the fastest possible job. */
  public static double seconds(String deadline, double fastestSeconds) {
    if (!deadline.endsWith("x")) {
      return Durations.parseSeconds(deadline);
    }
    double factor = Double.parseDouble(deadline.substring(0, deadline.length() - 1));
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("The factor (%s) must be at least 1.".formatted(factor));
    }
    return factor * fastestSeconds;
  }

  private static <T> List<T> filled(Path file, String field, @Nullable List<@Nullable T> list) {
    if (list == null || list.isEmpty()) {
      throw wrong(
          file, field, "must be a list with at least one entry, or the study has no cell", null);
    }
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) == null) {
        throw wrong(file, "%s[%d]".formatted(field, i), "is empty", null);
      }
    }
    return List.copyOf(list);
  }

  private static String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : "." + step.getFieldName())
            .collect(Collectors.joining());
    return path.isEmpty() ? "the top level" : path.startsWith(".") ? path.substring(1) : path;
  }

  private static NeuroBalancerException wrong(
      Path file, String field, String what, @Nullable Exception cause) {
    String message =
        "The matrix '%s': %s %s.%nMaybe compare it with docs/studies/paper-question.yaml."
            .formatted(file, field, what);
    return cause == null
        ? NeuroBalancerException.invalid(message)
        : NeuroBalancerException.invalid(message, cause);
  }
}
