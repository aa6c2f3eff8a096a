package io.neurobalancer.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the words of a command line, and says what is wrong with one in words, not Java types. */
final class Words {

  private Words() {}

  /** Makes a command and those below it read with these. */
  static void teach(CommandLine commandLine) {
    ITypeConverter<Integer> small = text -> Math.toIntExact(whole(text, Integer.MAX_VALUE));
    ITypeConverter<Long> large = text -> whole(text, Long.MAX_VALUE);
    commandLine.registerConverter(Integer.class, small);
    commandLine.registerConverter(int.class, small);
    commandLine.registerConverter(Long.class, large);
    commandLine.registerConverter(long.class, large);
    commandLine.registerConverter(Double.class, Words::number);
    commandLine.registerConverter(double.class, Words::number);
    commandLine.registerConverter(Path.class, Words::path);
  }

  private static long whole(String text, long most) {
    if (!text.matches("[+-]?[0-9]+")) {
      throw new TypeConversionException("'%s' is not a whole number.".formatted(text));
    }
    try {
      long number = Long.parseLong(text);
      if (number <= most && number >= -most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // More digits than a long has; said below.
    }
    throw new TypeConversionException(
        "'%s' is too large; the largest number here is %d.".formatted(text, most));
  }

  private static double number(String text) {
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number) && text.matches("[-+.0-9eE]+")) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException("'%s' is not a number.".formatted(text));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'%s' is no file name.".formatted(text));
    }
  }
}
