package io.neurobalancer.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Programs that are known to write clocks and limits. */
final class Rivals {

  /** By the kernel's name of the process, which it cuts off after 15 characters. */
  private static final Map<String, String> KNOWN =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("power-profiles-", "power-profiles-daemon"),
              Map.entry("tlp", "TLP"),
              Map.entry("auto-cpufreq", "auto-cpufreq"),
              Map.entry("thermald", "thermald"),
              Map.entry("tuned", "tuned"),
              Map.entry("tuned-ppd", "tuned"),
              Map.entry("gamemoded", "GameMode"),
              Map.entry("cpufreqd", "cpufreqd"),
              Map.entry("system76-power", "system76-power"),
              Map.entry("nvpmodel", "nvpmodel"),
              Map.entry("nvphs", "NVIDIA's nvphs"),
              Map.entry("perfd", "Qualcomm's perf daemon"),
              Map.entry("thermal-engine", "Qualcomm's thermal-engine"),
              Map.entry("vendor.qti.hard", "Qualcomm's perf HAL"),
              Map.entry("android.hardwar", "an Android HAL (power or thermal)"),
              Map.entry("power@1.3-servi", "the power HAL"),
              Map.entry("power-hal-servi", "the power HAL")));

  /** Names that many of Android's services share, once cut off. */
  private static final Set<String> CUT_OFF =
      Set.of("android.hardwar", "vendor.qti.hard", "vendor.mediatek");

  private Rivals() {}

  /** Tells by the whole command line which service it is; if that is not known, as before. */
  private static @Nullable String byCommand(String command, @Nullable String otherwise) {
    String program = command.split("[\\x00\\s]", 2)[0];
    String name = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return name.isEmpty()
        ? otherwise
        : name.contains("power")
            ? "the power HAL (" + name + ")"
            : name.contains("thermal")
                ? "the thermal HAL (" + name + ")"
                : name.contains("perf") ? "the performance HAL (" + name + ")" : null;
  }

  /** Returns those that run now, distinct, by their own names. */
  static List<String> running(Sysfs sysfs) {
    List<String> found = new ArrayList<>();
    for (String entry : sysfs.list("/proc")) {
      if (Numbers.isPlain(entry)) {
        String name = sysfs.firstLine("/proc/" + entry + "/comm", "");
        String known = KNOWN.get(name);
        if (CUT_OFF.contains(name)) {
          known = byCommand(sysfs.firstLine("/proc/" + entry + "/cmdline", ""), known);
        }
        if (known != null && !found.contains(known)) {
          found.add(known);
        }
      }
    }
    return found;
  }
}
