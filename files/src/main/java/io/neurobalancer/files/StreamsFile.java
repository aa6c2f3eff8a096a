package io.neurobalancer.files;

import io.neurobalancer.unit.Durations;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Several models that run on one device at once, each at its own period. Written as YAML or JSON,
 * schema {@code neurobalancer/streams/1}.
 *
 * @param streams at least one
 */
public record StreamsFile(List<Entry> streams) {

  /** The schema that this version reads. */
  public static final String SCHEMA = "neurobalancer/streams/1";

  private static final JsonFormat<StreamsFile> FORMAT =
      new JsonFormat<>(
          StreamsFile.class,
          SCHEMA,
          "list of streams",
          "compare it with docs/streams.yaml",
          1 << 20,
          Json.YAML);

  public StreamsFile {
    streams = Check.filled("streams", streams);
    Set<String> names = new HashSet<>();
    for (int s = 0; s < streams.size(); s++) {
      if (!names.add(streams.get(s).name())) {
        throw new FieldException(
            "streams[%d].name".formatted(s),
            "('%s') is there twice".formatted(streams.get(s).name()));
      }
    }
  }

  /**
   * One stream.
   *
   * @param name for people
   * @param model as after {@code --model}
   * @param period from one release to the next, such as {@code 33ms}
   * @param deadline after each release, at most the period; the period if it is left out
   */
  public record Entry(String name, String model, String period, Optional<String> deadline) {
    public Entry {
      Check.text("name", name);
      Check.text("model", model);
      double seconds = seconds("period", period);
      deadline.ifPresent(
          text -> {
            if (seconds("deadline", text) > seconds) {
              throw new FieldException(
                  "deadline", "('%s') is longer than the period ('%s')".formatted(text, period));
            }
          });
    }

    private static double seconds(String field, String text) {
      try {
        return Durations.parseSeconds(text);
      } catch (IllegalArgumentException e) {
        throw new FieldException(
            field, "('%s') must be a time with its unit, such as 33ms".formatted(text));
      }
    }

    /** Returns the time from one release to the next, seconds. */
    public double periodSeconds() {
      return Durations.parseSeconds(period);
    }

    /** Returns the time from a release to its deadline, seconds. */
    public double deadlineSeconds() {
      return Durations.parseSeconds(deadline.orElse(period));
    }
  }

  /**
   * Reads a file.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if it cannot be read, or a field is
   *     missing, wrong, there twice or unknown
   */
  public static StreamsFile read(Path file) {
    return FORMAT.read(file);
  }
}
