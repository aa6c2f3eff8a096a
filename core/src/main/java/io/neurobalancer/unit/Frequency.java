package io.neurobalancer.unit;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A clock frequency, held in hertz. Only its factories and accessors convert: no bare number
 * crosses a method boundary as a frequency.
 *
 * @param hertz the frequency in hertz, positive
 */
public record Frequency(long hertz) implements Comparable<Frequency> {

  private static final Pattern TEXT =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*(Hz|kHz|MHz|GHz)", Pattern.CASE_INSENSITIVE);

  public Frequency {
    if (hertz <= 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The frequency (%d Hz) must be positive.", hertz));
    }
  }

  /** Returns the frequency of that many hertz, as devfreq speaks. */
  public static Frequency ofHertz(long hertz) {
    return new Frequency(hertz);
  }

  /** Returns the frequency of that many kilohertz, as cpufreq speaks. */
  public static Frequency ofKilohertz(long kilohertz) {
    return new Frequency(Math.multiplyExact(kilohertz, 1_000L));
  }

  /** Returns the frequency of that many megahertz, as data sheets speak. */
  public static Frequency ofMegahertz(long megahertz) {
    return new Frequency(Math.multiplyExact(megahertz, 1_000_000L));
  }

  /**
   * Reads a frequency with its unit, such as {@code 1.8GHz}, {@code 1555 MHz} or {@code 825600kHz}.
   *
   * @throws IllegalArgumentException if the text is not a positive number followed by Hz, kHz, MHz
   *     or GHz, or is not a whole number of hertz
   */
  public static Frequency parse(String text) {
    Matcher matcher = TEXT.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is not a frequency.%nMaybe write a number with its unit, such as 1.8GHz or 1555MHz.",
              text));
    }
    int shift =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "ghz" -> 9;
          case "mhz" -> 6;
          case "khz" -> 3;
          default -> 0;
        };
    try {
      return new Frequency(new BigDecimal(matcher.group(1)).movePointRight(shift).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "'%s' is not a whole number of hertz that fits 64 bits.", text),
          e);
    }
  }

  /** Returns this frequency in kilohertz, rounded down. */
  public long kilohertz() {
    return hertz / 1_000L;
  }

  /** Returns this frequency in megahertz. */
  public double megahertz() {
    return hertz / 1e6;
  }

  /** Returns this frequency in gigahertz. */
  public double gigahertz() {
    return hertz / 1e9;
  }

  @Override
  public int compareTo(Frequency other) {
    return Long.compare(hertz, other.hertz);
  }

  /**
   * Returns the shortest exact megahertz notation, such as {@code 1804.8MHz}, which {@link #parse}
   * reads.
   */
  @Override
  public String toString() {
    return BigDecimal.valueOf(hertz, 6).stripTrailingZeros().toPlainString() + "MHz";
  }
}
