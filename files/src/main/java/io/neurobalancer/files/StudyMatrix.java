package io.neurobalancer.files;

import io.neurobalancer.unit.Durations;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

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
 * @param dramShape as after {@code --dram-shape}; empty as the devices' descriptions say
 * @param displayOn as after {@code --display}
 * @param transitionFactor as after {@code --transition-factor}
 */
public record StudyMatrix(
    String title,
    List<String> models,
    List<String> devices,
    List<String> deadlines,
    List<String> weather,
    List<Long> seeds,
    List<String> governors,
    double dramPowerFactor,
    String dramShape,
    boolean displayOn,
    double transitionFactor) {

  /** The schema that this version reads. */
  public static final String SCHEMA = "neurobalancer/matrix/1";

  private static final JsonFormat<Document> FORMAT =
      new JsonFormat<>(
          Document.class,
          SCHEMA,
          "matrix",
          "compare it with docs/studies/paper-question.yaml",
          1 << 20,
          Json.YAML);

  public StudyMatrix {
    models = List.copyOf(models);
    devices = List.copyOf(devices);
    deadlines = List.copyOf(deadlines);
    weather = List.copyOf(weather);
    seeds = List.copyOf(seeds);
    governors = List.copyOf(governors);
  }

  /** A matrix as it stands in a file. */
  record Document(
      Optional<String> title,
      List<String> models,
      List<String> devices,
      List<String> deadlines,
      Optional<List<String>> weather,
      Optional<List<Long>> seeds,
      Optional<List<String>> governors,
      OptionalDouble dramPowerFactor,
      Optional<String> dramShape,
      Optional<String> display,
      OptionalDouble transitionFactor) {
    Document {
      filled("models", models);
      filled("devices", devices);
      filled("deadlines", deadlines);
      weather.ifPresent(names -> filled("weather", names));
      seeds.ifPresent(numbers -> filled("seeds", numbers));
      governors.ifPresent(names -> filled("governors", names));
      for (int i = 0; i < deadlines.size(); i++) {
        checkDeadline(i, deadlines.get(i));
      }
      dramShape.ifPresent(
          shape -> {
            if (!shape.matches("line|measured|flat")) {
              throw new FieldException(
                  "dramShape", "('%s') must be line, measured or flat".formatted(shape));
            }
          });
      display.ifPresent(
          state -> {
            if (!state.matches("on|off")) {
              throw new FieldException("display", "('%s') must be 'on' or 'off'".formatted(state));
            }
          });
      factor("dramPowerFactor", dramPowerFactor);
      factor("transitionFactor", transitionFactor);
    }

    private static void factor(String field, OptionalDouble given) {
      given.ifPresent(
          factor -> {
            if (!(factor > 0 && factor <= 1e6)) {
              throw new FieldException(
                  field, "(%s) must be positive and at most a million".formatted(factor));
            }
          });
    }

    private static void filled(String field, List<?> list) {
      if (list.isEmpty()) {
        throw new FieldException(
            field, "must be a list with at least one entry, or the study has no cell");
      }
    }

    private static void checkDeadline(int index, String deadline) {
      try {
        seconds(deadline, 1);
      } catch (IllegalArgumentException e) {
        throw new FieldException(
            "deadlines[%d]".formatted(index),
            "('%s') must be a multiple of the fastest possible job of at least 1x, such as 1.5x, or a time with its unit, such as 33ms"
                .formatted(deadline));
      }
    }
  }

  /**
   * Reads a matrix.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if the file cannot be read, or a field is
   *     missing, empty, there twice or unknown
   */
  public static StudyMatrix load(Path file) {
    Document document = FORMAT.read(file);
    return new StudyMatrix(
        document.title().orElse(String.valueOf(file.getFileName())),
        document.models(),
        document.devices(),
        document.deadlines(),
        document.weather().orElse(List.of("nominal")),
        document.seeds().orElse(List.of(7L)),
        document.governors().orElse(List.of()),
        document.dramPowerFactor().orElse(1),
        document.dramShape().orElse(""),
        document.display().orElse("off").equals("on"),
        document.transitionFactor().orElse(1));
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
}
