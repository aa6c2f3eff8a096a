package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.linux.ClockControl.Mechanism;
import io.neurobalancer.linux.ClockControl.Step;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clocks that neither cpufreq nor devfreq offers. */
final class VendorClocks {

  private static final Pattern DVFSRC_ROW =
      Pattern.compile("\\[OPP\\s*([0-9]+)\\s*\\]:\\s*([0-9]+)\\s*uv\\s+([0-9]+)\\s*khz.*");
  private static final Pattern DPM_ROW = Pattern.compile("([0-9]+):\\s*([0-9]+)\\s*Mhz.*");
  private static final String BPMP = "/sys/kernel/debug/bpmp/debug";
  private static final String ROOT_ONLY = "Run as root: debugfs is closed to others.";

  private VendorClocks() {}

  static List<ClockControl> find(Sysfs sysfs) {
    List<ClockControl> found = new ArrayList<>();
    busDcvs(sysfs, found);
    dvfsrc(sysfs, found);
    uncore(sysfs, found);
    emc(sysfs, found);
    amdgpu(sysfs, found);
    return found;
  }

  /**
   * Qualcomm from kernel 5.10 on: {@code user_min_freq} and {@code user_max_freq}, or only {@code
   * boost_freq}, a floor.
   */
  private static void busDcvs(Sysfs sysfs, List<ClockControl> found) {
    String root = "/sys/devices/system/cpu/bus_dcvs";
    for (String name : sysfs.list(root)) {
      Probe probe = new Probe(sysfs, "bus_dcvs-" + name, Family.BUS_DCVS, root + "/" + name);
      if (name.equals("DDRQOS") || !sysfs.exists(probe.at("available_frequencies"))) {
        continue;
      }
      probe
          .kind(FrequencyDomain.Kind.MEMORY)
          .frequencies(probe.line("available_frequencies"))
          .current("cur_freq")
          .fact("unit", "kHz")
          .fact("current", "the highest vote of the CPUs, not the DRAM's clock");
      if (sysfs.exists(probe.at("user_max_freq"))) {
        probe
            .mechanism(Mechanism.LIMITS)
            .file(Role.MAX, "user_max_freq")
            .file(Role.MIN, "user_min_freq");
      } else if (sysfs.exists(probe.at("boost_freq"))) {
        probe.mechanism(Mechanism.FLOOR).fact("floor", probe.line("boost_freq"));
      }
      found.add(probe.done());
    }
  }

  /** MediaTek: an index, 0 the fastest, -1 lets go; the core voltage goes with it. */
  private static void dvfsrc(Sysfs sysfs, List<ClockControl> found) {
    List<String> directories = new ArrayList<>();
    directories.add("/sys/kernel/helio-dvfsrc");
    for (String parent : List.of("/sys/devices/platform", "/sys/devices/platform/soc")) {
      for (String name : sysfs.list(parent)) {
        if (name.endsWith(".dvfsrc")) {
          directories.add(parent + "/" + name + "/helio-dvfsrc");
          directories.add(parent + "/" + name + "/" + name + ":dvfsrc-helper");
        }
      }
    }
    for (String directory : directories) {
      String force = "dvfsrc_force_vcore_dvfs_opp";
      if (!sysfs.exists(directory + "/" + force)) {
        continue;
      }
      Probe probe = new Probe(sysfs, "dvfsrc", Family.DVFSRC, directory);
      probe
          .kind(FrequencyDomain.Kind.MEMORY)
          .steps(dvfsrcSteps(sysfs, probe.at("dvfsrc_opp_table")))
          .mechanism(Mechanism.FORCE)
          .file(Role.EXACT, force)
          .fact("unit", "index of the table, 0 the fastest; the core voltage goes with it");
      if (sysfs.exists(probe.at("dvfsrc_enable_force_mode"))) {
        probe.obstacle(
            "its force mode is locked (dvfsrc_enable_force_mode)",
            "The vendor's key for it is not written by this tool.");
      }
      found.add(probe.done());
      return;
    }
  }

  /** Several rows share a DRAM clock; the last one, with the lowest voltage, stands for it. */
  private static List<Step> dvfsrcSteps(Sysfs sysfs, String table) {
    List<Step> steps = new ArrayList<>();
    try {
      for (String line : sysfs.read(table).split("\n", -1)) {
        Matcher row = DVFSRC_ROW.matcher(line.strip());
        if (row.matches() && Long.parseLong(row.group(3)) > 0) {
          steps.add(
              0,
              new Step(
                  Long.parseLong(row.group(1)),
                  Frequency.ofKilohertz(Long.parseLong(row.group(3)))));
        }
      }
    } catch (SysfsException e) {
      return List.of();
    }
    return steps;
  }

  /** Intel: ratios of 100 MHz between the limits found at boot. */
  private static void uncore(Sysfs sysfs, List<ClockControl> found) {
    String root = "/sys/devices/system/cpu/intel_uncore_frequency";
    for (String name : sysfs.list(root)) {
      Probe probe = new Probe(sysfs, "uncore-" + name, Family.UNCORE, root + "/" + name);
      String low = probe.line("initial_min_freq_khz");
      String high = probe.line("initial_max_freq_khz");
      if (!Numbers.isPlain(low) || !Numbers.isPlain(high)) {
        continue;
      }
      StringBuilder text = new StringBuilder();
      for (long f = Long.parseLong(low); f <= Long.parseLong(high); f += 100_000) {
        text.append(f).append(' ');
      }
      probe
          .kind(FrequencyDomain.Kind.MEMORY)
          .frequencies(text.toString())
          .current("current_freq_khz")
          .mechanism(Mechanism.LIMITS)
          .file(Role.MAX, "max_freq_khz")
          .file(Role.MIN, "min_freq_khz")
          .fact("clocks", "mesh, last-level cache and memory controller, not the DRAM");
      found.add(probe.done());
    }
  }

  /**
   * Tegra: the firmware holds the rate while {@code mrq_rate_locked} is 1. The table is in kHz in
   * the vendor's kernel, the rate in Hz.
   */
  private static void emc(Sysfs sysfs, List<ClockControl> found) {
    String directory = BPMP + "/clk/emc";
    if (!sysfs.exists(directory)) {
      return;
    }
    Probe probe = new Probe(sysfs, "emc", Family.TEGRA_EMC, directory);
    String kilohertz = sysfs.firstLine(BPMP + "/emc/possible_rates", "");
    String hertz = sysfs.firstLine("/sys/kernel/debug/emc/available_rates", "");
    StringBuilder text = new StringBuilder(hertz);
    if (hertz.isEmpty()) {
      for (String word : kilohertz.split("\\s+", -1)) {
        if (Numbers.isPlain(word)) {
          text.append(word).append("000 ");
        }
      }
    }
    probe
        .kind(FrequencyDomain.Kind.MEMORY)
        .frequencies(text.toString())
        .current("rate")
        .mechanism(Mechanism.MODE)
        .file(Role.MODE, "mrq_rate_locked")
        .file(Role.EXACT, "rate")
        .fact("limits", probe.line("min_rate") + " to " + probe.line("max_rate"));
    if (!sysfs.readable(directory + "/rate")) {
      probe.obstacle("no permission to read " + directory, ROOT_ONLY);
    }
    found.add(probe.done());
  }

  /** amdgpu: the performance level must be manual; then rows of the tables are chosen by index. */
  private static void amdgpu(Sysfs sysfs, List<ClockControl> found) {
    for (String card : sysfs.list("/sys/class/drm")) {
      String directory = "/sys/class/drm/" + card + "/device";
      if (!card.matches("card[0-9]+")
          || !sysfs.exists(directory + "/power_dpm_force_performance_level")) {
        continue;
      }
      dpm(sysfs, found, card, directory, "pp_dpm_sclk", FrequencyDomain.Kind.CORE);
      dpm(sysfs, found, card, directory, "pp_dpm_mclk", FrequencyDomain.Kind.MEMORY);
    }
  }

  private static void dpm(
      Sysfs sysfs,
      List<ClockControl> found,
      String card,
      String directory,
      String file,
      FrequencyDomain.Kind kind) {
    List<Step> steps = new ArrayList<>();
    try {
      for (String line : sysfs.read(directory + "/" + file).split("\n", -1)) {
        Matcher row = DPM_ROW.matcher(line.strip());
        if (row.matches() && Long.parseLong(row.group(2)) > 0) {
          steps.add(
              new Step(
                  Long.parseLong(row.group(1)),
                  Frequency.ofMegahertz(Long.parseLong(row.group(2)))));
        }
      }
    } catch (SysfsException e) {
      return;
    }
    String real = directory;
    try {
      real = sysfs.canonical(directory);
    } catch (SysfsException e) {
      // The path that led here works as well.
      real = directory;
    }
    found.add(
        new Probe(sysfs, card + "-" + file.substring(7), Family.AMDGPU, real)
            .kind(kind)
            .steps(steps)
            .mechanism(Mechanism.MODE)
            .file(Role.MODE, "power_dpm_force_performance_level")
            .file(Role.EXACT, file)
            .fact("unit", "row of " + file)
            .fact("level", sysfs.firstLine(directory + "/power_dpm_force_performance_level", ""))
            .done());
  }
}
