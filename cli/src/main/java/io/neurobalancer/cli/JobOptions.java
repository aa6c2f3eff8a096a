package io.neurobalancer.cli;

import io.neurobalancer.simulator.physics.Weather;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the device and the timing of the jobs that a command plans. */
final class JobOptions {

  @Mixin private ModelOptions model = new ModelOptions();

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description =
          "When a job must have ended, after its release, such as 33ms (default: 50ms for the"
              + " bundled example, else 1.5 times the fastest possible).")
  private @Nullable TimeSpan deadline;

  @Option(
      names = "--period",
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "Time between releases, at least the deadline (default: the deadline).")
  private @Nullable TimeSpan period;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "Seed of weather and meters (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--weather",
      paramLabel = "NAME",
      defaultValue = "nominal",
      description =
          "What disturbs the device: still, nominal, busy, crowded (another load) or hot (default:"
              + " ${DEFAULT-VALUE}).")
  private String weather = "";

  ModelOptions model() {
    return model;
  }

  DeviceOptions device() {
    return device;
  }

  long seed() {
    return seed;
  }

  /** Returns the deadline asked for, seconds; the bundled example has one of its own. */
  Optional<Double> deadlineSeconds() {
    if (deadline != null) {
      return Optional.of(deadline.seconds());
    }
    boolean example =
        model.name().equals("zoo:mobilenet-v2") && device.name().equals("sim:pixel-4-cpu");
    return example ? Optional.of(0.05) : Optional.empty();
  }

  /** Returns the period asked for, seconds. */
  double periodSeconds(double deadlineSeconds) {
    if (period == null) {
      return deadlineSeconds;
    }
    if (period.seconds() < deadlineSeconds) {
      throw CliException.usage(
          "The period (%s s) is shorter than the deadline (%s s).%nMaybe raise --period, or leave it out."
              .formatted(period.seconds(), deadlineSeconds));
    }
    return period.seconds();
  }

  /** Returns whether a period was asked for. */
  boolean hasPeriod() {
    return period != null;
  }

  Weather weather() {
    return weather(weather);
  }

  /** Returns the weather of a name. */
  static Weather weather(String weather) {
    return Weather.presets().stream()
        .filter(preset -> preset.name().equals(weather))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "There is no weather '%s'.%nMaybe use one of: %s."
                        .formatted(
                            weather,
                            Weather.presets().stream()
                                .map(Weather::name)
                                .collect(Collectors.joining(", ")))));
  }
}
