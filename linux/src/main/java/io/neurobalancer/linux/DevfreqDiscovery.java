package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.linux.ClockControl.Mechanism;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Clocks behind devfreq: memory controllers, GPUs, NPUs.
 *
 * <p>Units by driver, since devfreq itself has none: Hz in mainline; kHz for the {@code
 * NNN.devfreq_*} devices of Exynos and Tensor; MB/s for Qualcomm's {@code *-bw} and most {@code
 * *-lat} devices, but Hz for those of the L3 cache.
 */
final class DevfreqDiscovery {

  private static final Pattern EXYNOS = Pattern.compile("[0-9a-f]+\\.devfreq_\\w+");
  private static final Pattern BANDWIDTH = Pattern.compile("(soc:)?qcom,.*(bw|lat|latfloor)");
  private static final Pattern L3 = Pattern.compile(".*l3.*");
  private static final Pattern MEMORY =
      Pattern.compile(
          ".*(dmc|devfreq_mif|ddr|llcc|emc|external-memory|memory-controller|dram|memory).*");
  private static final Pattern COMPUTE =
      Pattern.compile(".*(gpu|mali|kgsl|npu|gv11b|ga10b|gp10b|gm20b|sgpu|panfrost).*");

  private DevfreqDiscovery() {}

  static List<ClockControl> find(Sysfs sysfs) {
    Map<String, ClockControl> found = new LinkedHashMap<>();
    List<String> directories = new ArrayList<>();
    sysfs.list("/sys/class/devfreq").forEach(n -> directories.add("/sys/class/devfreq/" + n));
    sysfs
        .list("/sys/class/kgsl")
        .forEach(n -> directories.add("/sys/class/kgsl/" + n + "/devfreq"));
    for (String directory : directories) {
      if (sysfs.exists(directory + "/governor")) {
        String real = canonical(sysfs, directory);
        found.computeIfAbsent(real, key -> device(sysfs, name(directory), key));
      }
    }
    return new ArrayList<>(found.values());
  }

  private static String canonical(Sysfs sysfs, String path) {
    try {
      return sysfs.canonical(path);
    } catch (SysfsException e) {
      return path;
    }
  }

  private static String name(String directory) {
    String[] parts = directory.split("/", -1);
    String last = parts[parts.length - 1];
    return last.equals("devfreq") ? parts[parts.length - 2] : last;
  }

  private static ClockControl device(Sysfs sysfs, String name, String directory) {
    Probe probe = new Probe(sysfs, name, family(name), directory);
    kind(name).ifPresent(probe::kind);
    String governors = probe.line("available_governors");
    boolean userspace = Arrays.asList(governors.split("\\s+")).contains("userspace");
    String max = exists(sysfs, directory, "scaling_devfreq_max", "max_freq");
    String min = exists(sysfs, directory, "scaling_devfreq_min", "min_freq");
    boolean limits = sysfs.exists(directory + "/max_freq") && sysfs.exists(directory + "/min_freq");
    probe
        .frequencies(probe.line("available_frequencies"))
        .current("cur_freq")
        .file(Role.GOVERNOR, "governor")
        .fact("governor", probe.line("governor"))
        .fact("governors", governors)
        .fact("unit", unit(family(name)))
        .fact("limits", probe.line("min_freq") + " to " + probe.line("max_freq"));
    if (limits) {
      probe.file(Role.MAX, max).file(Role.MIN, min);
    }
    if (userspace) {
      probe.file(Role.EXACT, "userspace/set_freq");
    }
    probe.mechanism(userspace ? Mechanism.USERSPACE : limits ? Mechanism.LIMITS : Mechanism.NONE);
    if (name.contains("mtk-dvfsrc")) {
      probe.obstacle(
          "its numbers are indices of MediaTek's DVFSRC", "Use the dvfsrc interface beside it.");
    }
    return probe.done();
  }

  private static String exists(Sysfs sysfs, String directory, String first, String second) {
    return sysfs.exists(directory + "/" + first) ? first : second;
  }

  private static String unit(Family family) {
    return switch (family.unit()) {
      case MEGABYTES_PER_SECOND -> "MB/s; one MB/s is shown as 1.048576 MHz";
      case KILOHERTZ -> "kHz";
      default -> "Hz";
    };
  }

  static Family family(String name) {
    if (EXYNOS.matcher(name).matches()) {
      return Family.EXYNOS_DEVFREQ;
    }
    return BANDWIDTH.matcher(name).matches() && !L3.matcher(name).matches()
        ? Family.QUALCOMM_BANDWIDTH
        : Family.DEVFREQ;
  }

  static Optional<FrequencyDomain.Kind> kind(String name) {
    if (COMPUTE.matcher(name).matches() && !name.contains("bw")) {
      return Optional.of(FrequencyDomain.Kind.CORE);
    }
    return MEMORY.matcher(name).matches()
        ? Optional.of(FrequencyDomain.Kind.MEMORY)
        : Optional.empty();
  }
}
