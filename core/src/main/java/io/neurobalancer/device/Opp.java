package io.neurobalancer.device;

import io.neurobalancer.unit.Frequency;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * An operating performance point: a frequency and, where published, the supply voltage that it
 * needs.
 *
 * @param frequency the clock
 * @param microvolts the supply voltage in microvolts, empty where no source gives it
 */
public record Opp(Frequency frequency, OptionalInt microvolts) {

  public Opp {
    if (microvolts.isPresent() && microvolts.getAsInt() <= 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The voltage (%d uV) at %s must be positive.",
              microvolts.getAsInt(),
              frequency));
    }
  }

  /** Returns an OPP whose voltage is not known. */
  public static Opp of(Frequency frequency) {
    return new Opp(frequency, OptionalInt.empty());
  }
}
