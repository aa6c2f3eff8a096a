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

  /** Reads a span, or says in one sentence what is wrong with it. */
  static final class Converter implements ITypeConverter<TimeSpan> {
    @Override
    public TimeSpan convert(String text) {
      try {
        return new TimeSpan(Durations.parseSeconds(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
