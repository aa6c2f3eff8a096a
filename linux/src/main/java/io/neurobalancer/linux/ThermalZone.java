package io.neurobalancer.linux;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which of a machine's temperatures is that of its CPUs. */
final class ThermalZone {

  private static final List<Pattern> TYPES =
      List.of(
          Pattern.compile("x86_pkg_temp"),
          Pattern.compile("(?i).*(big|prime|gold).*"),
          Pattern.compile("(?i).*cpu.*"),
          Pattern.compile("(?i).*soc.*"));

  private ThermalZone() {}

  /** Returns the file with its millidegrees. */
  static Optional<String> ofCpu(Sysfs sysfs) {
    List<String> zones =
        sysfs.list("/sys/class/thermal").stream()
            .filter(n -> n.startsWith("thermal_zone"))
            .toList();
    for (Pattern type : TYPES) {
      for (String zone : zones) {
        String directory = "/sys/class/thermal/" + zone;
        if (type.matcher(sysfs.firstLine(directory + "/type", "")).matches()
            && sysfs.exists(directory + "/temp")) {
          return Optional.of(directory + "/temp");
        }
      }
    }
    return Optional.empty();
  }
}
