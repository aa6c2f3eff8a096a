package io.neurobalancer.files;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of figures in documents. They are wide enough for any device that is built, and narrow
 * enough that a figure in a wrong unit, such as milliwatts for watts, mostly falls outside; where
 * it would fit in another unit, the message says which.
 */
final class Check {

  /** A unit of figures. */
  enum Unit {
    KILOHERTZ("kHz"),
    WATTS("W"),
    JOULES("J"),
    JOULES_PER_BYTE("J per byte"),
    MICROSECONDS("us"),
    NANOSECONDS("ns"),
    MICROVOLTS("uV"),
    BYTES("bytes"),
    SECONDS("s"),
    CELSIUS("degrees Celsius"),
    NONE("");

    private final String symbol;

    Unit(String symbol) {
      this.symbol = symbol;
    }

    /** Returns the units that this one is easily mistaken for. */
    private List<Slip> slips() {
      return switch (this) {
        case KILOHERTZ -> List.of(new Slip("hertz", 1e-3), new Slip("megahertz", 1e3));
        case WATTS -> List.of(new Slip("milliwatts", 1e-3), new Slip("microwatts", 1e-6));
        case JOULES -> List.of(new Slip("millijoules", 1e-3), new Slip("microjoules", 1e-6));
        case JOULES_PER_BYTE ->
            List.of(new Slip("picojoules per byte", 1e-12), new Slip("nanojoules per byte", 1e-9));
        case MICROSECONDS -> List.of(new Slip("nanoseconds", 1e-3), new Slip("picoseconds", 1e-6));
        case NANOSECONDS -> List.of(new Slip("picoseconds", 1e-3));
        case MICROVOLTS -> List.of(new Slip("millivolts", 1e3), new Slip("volts", 1e6));
        case BYTES -> List.of(new Slip("kibibytes", 1024), new Slip("mebibytes", 1024 * 1024));
        case SECONDS -> List.of(new Slip("milliseconds", 1e-3));
        case CELSIUS -> List.of(new Slip("thousandths of a degree", 1e-3));
        case NONE -> List.of();
      };
    }
  }

  /**
   * A unit that a figure may have been written in by mistake.
   *
   * @param name of the unit
   * @param factor from it to the right one
   */
  private record Slip(String name, double factor) {}

  private Check() {}

  /** Returns a figure that is within its range, both ends included. */
  static double within(String field, double value, double least, double most, Unit unit) {
    if (value >= least && value <= most) {
      return value;
    }
    String symbol = unit.symbol.isEmpty() ? "" : " " + unit.symbol;
    throw new FieldException(
        field,
        "(%s%s) must be from %s to %s%s"
            .formatted(number(value), symbol, number(least), number(most), symbol),
        likely(value, least, most, unit));
  }

  private static @Nullable String likely(double value, double least, double most, Unit unit) {
    for (Slip slip : unit.slips()) {
      double meant = value * slip.factor();
      if (meant >= least && meant <= most) {
        return "the figure is in %s, where this field is in %s: %s"
            .formatted(slip.name(), unit.symbol, number(meant));
      }
    }
    return null;
  }

  /** Returns a whole number within its range, both ends included. */
  static long whole(String field, long value, long least, long most, Unit unit) {
    within(field, (double) value, (double) least, (double) most, unit);
    return value;
  }

  /** Returns a count of at least one. */
  static int count(String field, long value, int most) {
    return (int) whole(field, value, 1, most, Unit.NONE);
  }

  /** Returns a share: from 0 to 1. */
  static double share(String field, double value) {
    return within(field, value, 0, 1, Unit.NONE);
  }

  /** Returns a number that is finite and not negative. */
  static double notNegative(String field, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new FieldException(
          field, "(%s) must be a finite number, not negative".formatted(number(value)));
    }
    return value;
  }

  /** Returns a number that is finite. */
  static double finite(String field, double value) {
    if (!Double.isFinite(value)) {
      throw new FieldException(field, "(%s) must be a finite number".formatted(value));
    }
    return value;
  }

  /** Returns a text that is not blank. */
  static String text(String field, String value) {
    if (value.isBlank()) {
      throw new FieldException(field, "must be a text that is not empty");
    }
    return value;
  }

  /** Returns a list with at least one entry. */
  static <T> List<T> filled(String field, List<T> values) {
    if (values.isEmpty()) {
      throw new FieldException(field, "must be a list with at least one entry");
    }
    return List.copyOf(values);
  }

  /** Returns one clock per domain, each positive, hertz. */
  static List<Long> clocks(String field, List<Long> hertz) {
    if (hertz.isEmpty() || hertz.stream().anyMatch(clock -> clock <= 0)) {
      throw new FieldException(field, "must hold positive clocks in hertz, one per domain");
    }
    return List.copyOf(hertz);
  }

  private static String number(double value) {
    return Double.isFinite(value)
            && Math.abs(value) < 1e18
            && (value == 0 || Math.abs(value) > 1e-6)
        ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }
}
