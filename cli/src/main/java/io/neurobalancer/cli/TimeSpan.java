package io.neurobalancer.cli;

import io.neurobalancer.unit.Durations;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A span of time on the command line, such as {@code 33ms}.
 *
 * @param seconds the span in seconds, positive
 */
record TimeSpan(double seconds) {

  /** No inference takes longer, and a governor that polls each millisecond polls for hours. */
  private static final double MOST_SECONDS = 1000;

  /** Reads a span, or says in one sentence what is wrong with it. */
  static final class Converter implements ITypeConverter<TimeSpan> {
    @Override
    public TimeSpan convert(String text) {
      try {
        double seconds = Durations.parseSeconds(text);
        if (seconds > MOST_SECONDS) {
          throw new TypeConversionException(
              "The span of time '%s' is longer than %.0f s.%nMaybe the unit is wrong."
                  .formatted(text, MOST_SECONDS));
        }
        return new TimeSpan(seconds);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
