package io.neurobalancer.device;

import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The OPPs of one frequency domain, slowest first. Nothing else may be written to a clock.
 *
 * @param opps at least one OPP, frequencies strictly ascending
 */
public record OppTable(List<Opp> opps) {

  public OppTable {
    opps = List.copyOf(opps);
    if (opps.isEmpty()) {
      throw new IllegalArgumentException("An OPP table needs at least one OPP.");
    }
    for (int i = 1; i < opps.size(); i++) {
      Frequency before = opps.get(i - 1).frequency();
      Frequency here = opps.get(i).frequency();
      if (here.compareTo(before) <= 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "OPP %d (%s) must be faster than OPP %d (%s).",
                i,
                here,
                i - 1,
                before));
      }
    }
  }

  /** Returns a table of these frequencies, voltages unknown. */
  public static OppTable of(List<Frequency> frequencies) {
    return new OppTable(frequencies.stream().map(Opp::of).collect(Collectors.toList()));
  }

  /** Returns the number of OPPs. */
  public int size() {
    return opps.size();
  }

  /** Returns the clock of the OPP with this index. */
  public Frequency frequency(int index) {
    return opps.get(index).frequency();
  }

  /** Returns the slowest clock. */
  public Frequency min() {
    return frequency(0);
  }

  /** Returns the fastest clock. */
  public Frequency max() {
    return frequency(size() - 1);
  }

  /**
   * Returns the index of the slowest OPP at or above {@code wanted}, or of the fastest if none is.
   */
  public int ceil(Frequency wanted) {
    return ceilHertz(wanted.hertz());
  }

  /**
   * As {@link #ceil}, for a wanted rate in hertz that need not be a valid frequency (it may be 0).
   */
  public int ceilHertz(long wantedHertz) {
    for (int i = 0; i < opps.size(); i++) {
      if (opps.get(i).frequency().hertz() >= wantedHertz) {
        return i;
      }
    }
    return opps.size() - 1;
  }

  /** Returns the index of the fastest OPP at or below {@code wanted}, or 0 if none is. */
  public int floor(Frequency wanted) {
    int index = 0;
    while (index + 1 < size() && frequency(index + 1).compareTo(wanted) <= 0) {
      index++;
    }
    return index;
  }

  /**
   * Returns the index of exactly this clock.
   *
   * @throws IllegalArgumentException if the table has no such OPP; the message names the nearest
   *     one
   */
  public int indexOf(Frequency wanted) {
    int index = ceil(wanted);
    if (frequency(index).equals(wanted)) {
      return index;
    }
    int below = floor(wanted);
    long above = Math.abs(frequency(index).hertz() - wanted.hertz());
    int nearest = Math.abs(frequency(below).hertz() - wanted.hertz()) <= above ? below : index;
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s is no OPP of this table (%s to %s, %d OPPs).%nMaybe use %s, the nearest one.",
            wanted,
            min(),
            max(),
            size(),
            frequency(nearest)));
  }
}
