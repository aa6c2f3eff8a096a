package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.linux.ClockControl.Mechanism;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CPU clocks. Source of the files' meaning: Linux, {@code
 * Documentation/admin-guide/pm/cpufreq.rst}.
 */
final class CpufreqDiscovery {

  static final String ROOT = "/sys/devices/system/cpu/cpufreq";

  /** intel_pstate and amd-pstate take any value; their hardware steps in ratios of 100 MHz. */
  private static final long RATIO_KILOHERTZ = 100_000;

  /** What drivers write that do not know their transition latency. */
  private static final long ETERNAL = 4_294_967_295L;

  private CpufreqDiscovery() {}

  static List<ClockControl> find(Sysfs sysfs) {
    List<ClockControl> found = new ArrayList<>();
    sysfs.list(ROOT).stream()
        .filter(name -> name.matches("policy[0-9]+"))
        .sorted(java.util.Comparator.comparingInt(name -> Integer.parseInt(name.substring(6))))
        .forEach(name -> found.add(policy(sysfs, name)));
    return found;
  }

  private static ClockControl policy(Sysfs sysfs, String name) {
    Probe probe = new Probe(sysfs, name, Family.CPUFREQ, ROOT + "/" + name);
    String available = probe.line("scaling_available_frequencies");
    String driver = probe.line("scaling_driver");
    String governors = probe.line("scaling_available_governors");
    boolean userspace = Arrays.asList(governors.split("\\s+")).contains("userspace");
    probe
        .kind(FrequencyDomain.Kind.CORE)
        .frequencies(available.isEmpty() ? stepped(probe) : available)
        .current("scaling_cur_freq")
        .cpus(cpus(probe.line("related_cpus")))
        .file(Role.GOVERNOR, "scaling_governor")
        .file(Role.MAX, "scaling_max_freq")
        .file(Role.MIN, "scaling_min_freq")
        .mechanism(userspace ? Mechanism.USERSPACE : Mechanism.LIMITS)
        .fact("driver", driver)
        .fact("governor", probe.line("scaling_governor"))
        .fact("governors", governors)
        .fact("limits", probe.line("scaling_min_freq") + " to " + probe.line("scaling_max_freq"))
        .fact("boost clocks", probe.line("scaling_boost_frequencies"))
        .fact("boost", boost(sysfs))
        .fact("EPP", probe.line("energy_performance_preference"));
    if (available.isEmpty()) {
      probe.fact("table", "none; steps of 100 MHz, of which the hardware may run slower");
    }
    if (userspace) {
      probe.file(Role.EXACT, "scaling_setspeed");
    }
    String latency = probe.line("cpuinfo_transition_latency");
    if (Numbers.isPlain(latency) && Long.parseLong(latency) < ETERNAL) {
      probe.transition(Long.parseLong(latency));
    }
    if (sysfs.exists(probe.at("affected_cpus")) && probe.line("affected_cpus").isEmpty()) {
      probe.obstacle("all of its CPUs are off-line", "Bring one on-line: cpuN/online.");
    }
    return probe.done();
  }

  private static String boost(Sysfs sysfs) {
    String generic = sysfs.firstLine(ROOT + "/boost", "");
    String intel = sysfs.firstLine("/sys/devices/system/cpu/intel_pstate/no_turbo", "");
    return !generic.isEmpty()
        ? (generic.equals("1") ? "on" : "off")
        : !intel.isEmpty() ? (intel.equals("0") ? "on" : "off") : "";
  }

  private static String stepped(Probe probe) {
    String low = probe.line("cpuinfo_min_freq");
    String high = probe.line("cpuinfo_max_freq");
    if (!Numbers.isPlain(low) || !Numbers.isPlain(high)) {
      return "";
    }
    long min = Long.parseLong(low);
    long max = Long.parseLong(high);
    StringBuilder text = new StringBuilder().append(min);
    for (long f = (min / RATIO_KILOHERTZ + 1) * RATIO_KILOHERTZ; f < max; f += RATIO_KILOHERTZ) {
      text.append(' ').append(f);
    }
    return text.append(' ').append(max).toString();
  }

  /** Reads {@code 0 1 2 3} and {@code 0-3}. */
  static List<Integer> cpus(String text) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : text.split("[\\s,]+", -1)) {
      if (part.matches("[0-9]{1,5}")) {
        numbers.add(Integer.parseInt(part));
      } else if (part.matches("[0-9]{1,5}-[0-9]{1,5}")) {
        String[] ends = part.split("-", -1);
        for (int n = Integer.parseInt(ends[0]); n <= Integer.parseInt(ends[1]); n++) {
          numbers.add(n);
        }
      }
    }
    return numbers;
  }
}
