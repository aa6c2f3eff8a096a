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
    commandLine.registerConverter(Integer.class, new Whole());
    commandLine.registerConverter(int.class, new Whole());
    commandLine.registerConverter(Long.class, new Large());
    commandLine.registerConverter(long.class, new Large());
    commandLine.registerConverter(Double.class, new Real());
    commandLine.registerConverter(double.class, new Real());
    commandLine.registerConverter(Path.class, new FileName());
  }

  // Classes, not lambdas: picocli's are older than Java's archives of classes can take lambdas of,
  // and a JDK 17 that makes such an archive, as the launcher has it do, crashes over them.

  private static final class Whole implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, Integer.MAX_VALUE);
    }
  }

  private static final class Large implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return whole(text, Long.MAX_VALUE);
    }
  }

  private static final class Real implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text);
    }
  }

  private static final class FileName implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      return path(text);
    }
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
