package io.neurobalancer.linux;

import java.util.List;
import java.util.Optional;

/**
 * A source of energy readings that the machine offers.
 *
 * @param name of what it measures, unique on the machine, such as {@code package-0}
 * @param kind whose files these are
 * @param quality how good its joules are
 * @param files what is read, absolute: one counter, one power, or a current and a voltage
 * @param channel within the file, for a file of several
 * @param resolutionJoules the smallest step of a reading: joules for counters, watts times the
 *     update period for powers; NaN where unknown
 * @param updateSeconds how long a reading stays the same; NaN where unknown
 * @param wrapMicrojoules the counter starts again from 0 after this, 0 if it never does
 * @param partOf the meter that contains this one's energy, empty if none is known to
 * @param obstacle why it cannot be read, empty if it can
 * @param advice what to do about it, or what to know
 */
public record MeterSource(
    String name,
    Kind kind,
    Quality quality,
    List<String> files,
    String channel,
    double resolutionJoules,
    double updateSeconds,
    long wrapMicrojoules,
    Optional<String> partOf,
    Optional<String> obstacle,
    String advice) {

  /** Whose files they are; it fixes the units. */
  public enum Kind {
    /** powercap: microjoules. */
    RAPL("RAPL"),
    /** hwmon energy counters: microjoules. */
    HWMON_ENERGY("hwmon energy"),
    /** hwmon power: microwatts. */
    HWMON_POWER("hwmon power"),
    /** hwmon current in milliamperes and voltage in millivolts, as INA chips. */
    HWMON_CURRENT("hwmon current x voltage"),
    /** NVIDIA's old INA3221 driver: milliwatts. */
    INA3221X("INA3221"),
    /** power_supply of a battery: microamperes and microvolts, or microwatts. */
    BATTERY("battery"),
    /** Pixel's on-device power monitor: microwatt seconds. */
    ODPM("ODPM");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** Returns the name for people. */
    public String title() {
      return title;
    }
  }

  /** How joules come about, best first. */
  public enum Quality {
    /** Hardware adds up the energy; nothing is lost between two readings. */
    ACCUMULATED,
    /** Power is sampled by us and added up: peaks between two samples are lost. */
    SAMPLED,
    /** A fuel gauge: slow, of the whole device, and useless while it charges. */
    GAUGE
  }

  public MeterSource {
    files = List.copyOf(files);
  }

  /** Returns whether it can be read by this process. */
  public boolean readableNow() {
    return obstacle.isEmpty();
  }
}
