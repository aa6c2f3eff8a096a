package io.neurobalancer.linux;

/**
 * A kind of interface to a clock. The unit of its numbers is known by family: the size of a number
 * never tells it.
 */
public enum Family {
  /** {@code cpufreq}: policies of CPUs. */
  CPUFREQ("cpufreq", Unit.KILOHERTZ),
  /** {@code devfreq} as mainline has it. */
  DEVFREQ("devfreq", Unit.HERTZ),
  /** {@code devfreq} of Exynos and Tensor, whose drivers count kilohertz. */
  EXYNOS_DEVFREQ("devfreq (Exynos, Tensor)", Unit.KILOHERTZ),
  /** {@code devfreq} of Qualcomm's bandwidth votes. */
  QUALCOMM_BANDWIDTH("devfreq (Qualcomm bandwidth)", Unit.MEGABYTES_PER_SECOND),
  /** Qualcomm's {@code bus_dcvs}. */
  BUS_DCVS("bus_dcvs", Unit.KILOHERTZ),
  /** MediaTek's DVFSRC: an index into a table of core voltages and DRAM clocks. */
  DVFSRC("dvfsrc", Unit.INDEX),
  /** Intel's uncore. */
  UNCORE("intel_uncore", Unit.KILOHERTZ),
  /** Tegra's memory clock, held by the BPMP firmware. */
  TEGRA_EMC("tegra emc", Unit.HERTZ),
  /** Power states of amdgpu, chosen by index. */
  AMDGPU("amdgpu", Unit.INDEX);

  /** What a number in a file is. */
  public enum Unit {
    /** Hz. */
    HERTZ(1),
    /** kHz. */
    KILOHERTZ(1_000),
    /** Bandwidth in units of 1048576 bytes per second. */
    MEGABYTES_PER_SECOND(0),
    /** A row of a table. */
    INDEX(0);

    private final long hertz;

    Unit(long hertz) {
      this.hertz = hertz;
    }

    /** Returns how many hertz one is; 0 where it is no frequency. */
    public long hertz() {
      return hertz;
    }
  }

  private final String title;
  private final Unit unit;

  Family(String title, Unit unit) {
    this.title = title;
    this.unit = unit;
  }

  /** Returns the name for people. */
  public String title() {
    return title;
  }

  /** Returns the clock that a number stands for, hertz; 0 where it is a row of a table. */
  long hertz(long value) {
    return unit == Unit.MEGABYTES_PER_SECOND ? value * 1_048_576 : value * unit.hertz();
  }

  /** Returns what its numbers are. */
  public Unit unit() {
    return unit;
  }
}
