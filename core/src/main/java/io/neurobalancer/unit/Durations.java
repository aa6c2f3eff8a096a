package io.neurobalancer.unit;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes spans of time with their unit, such as {@code 33ms}. */
public final class Durations {

  private static final Pattern TEXT = Pattern.compile("([+-]?[0-9]*\\.?[0-9]+)\\s*([a-zA-Zµ]*)");

  private Durations() {}

  /**
   * Reads a positive span of time, such as {@code 33ms}, {@code 1.5 s}, {@code 250us} or {@code
   * 800ns}.
   *
   * @return the span in seconds
   * @throws IllegalArgumentException if the text is not a number, has no unit or an unknown one, or
   *     is not positive
   */
  public static double parseSeconds(String text) {
    Matcher matcher = TEXT.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is not a span of time.%nMaybe write a number with its unit, such as 33ms.",
              text));
    }
    int shift =
        switch (matcher.group(2)) {
          case "s" -> 0;
          case "ms" -> -3;
          case "us", "µs" -> -6;
          case "ns" -> -9;
          case "" ->
              throw new IllegalArgumentException(
                  String.format(
                      Locale.ROOT,
                      "'%s' has no unit.%nMaybe write %sms, or use s, us or ns.",
                      text,
                      matcher.group(1)));
          default ->
              throw new IllegalArgumentException(
                  String.format(
                      Locale.ROOT,
                      "'%s' has an unknown unit ('%s').%nMaybe use s, ms, us or ns, as in %sms.",
                      text,
                      matcher.group(2),
                      matcher.group(1)));
        };
    double seconds = new BigDecimal(matcher.group(1)).scaleByPowerOfTen(shift).doubleValue();
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The span of time '%s' must be positive.", text));
    }
    return seconds;
  }

  /**
   * Returns the span with four significant digits and the unit that suits its size, as {@code 33.21
   * ms}.
   */
  public static String format(double seconds) {
    double magnitude = Math.abs(seconds);
    if (magnitude >= 1 || magnitude == 0) {
      return significant(seconds) + " s";
    }
    if (magnitude >= 1e-3) {
      return significant(seconds * 1e3) + " ms";
    }
    if (magnitude >= 1e-6) {
      return significant(seconds * 1e6) + " us";
    }
    return significant(seconds * 1e9) + " ns";
  }

  private static String significant(double value) {
    double magnitude = Math.abs(value);
    int decimals = magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
