package io.neurobalancer.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * The tunables of a governor, which a cpufreq governor forgets when it is switched away from: they
 * lie beside the policy or, in drivers with one set for all, beside the policies.
 */
final class Tunables {

  private Tunables() {}

  static List<Original> of(Sysfs sysfs, ClockControl control, String governor)
      throws SysfsException {
    List<Original> found = new ArrayList<>();
    boolean cpufreq = control.family() == Family.CPUFREQ;
    List<String> directories =
        cpufreq
            ? List.of(control.directory() + "/" + governor, CpufreqDiscovery.ROOT + "/" + governor)
            : governor.equals("userspace")
                ? List.of()
                : List.of(control.directory() + "/" + governor);
    for (String directory : directories) {
      for (String name : sysfs.list(directory)) {
        add(sysfs, found, directory + "/" + name);
      }
    }
    if (!cpufreq) {
      add(sysfs, found, control.directory() + "/polling_interval");
      add(sysfs, found, control.directory() + "/timer");
    }
    return found;
  }

  /** Keeps what can be written and read as one line; the rest is no setting. */
  private static void add(Sysfs sysfs, List<Original> found, String path) throws SysfsException {
    if (!sysfs.exists(path) || !sysfs.writable(path) || !sysfs.readable(path)) {
      return;
    }
    String value;
    try {
      value = sysfs.read(path);
    } catch (SysfsException e) {
      return;
    }
    Original original;
    if (value.indexOf('\n') < 0 && value.indexOf('\t') < 0 && !value.isBlank()) {
      original = new Original(Role.TUNABLE, sysfs.canonical(path), value);
      if (new WriteGuard(sysfs)
          .refusal(original.role(), original.path(), original.value())
          .isEmpty()) {
        found.add(original);
      }
    }
  }
}
