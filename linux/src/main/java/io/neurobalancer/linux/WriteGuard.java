package io.neurobalancer.linux;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may be written at all, whoever asks: a run, or a journal that somebody else may have
 * written. A closed list of files under the kernel's device trees, and values from the device's own
 * tables.
 */
final class WriteGuard {

  private static final List<String> ROOTS =
      List.of("/sys/devices/", "/sys/kernel/debug/bpmp/debug/clk/", "/sys/kernel/helio-dvfsrc/");

  private static final Map<Role, Set<String>> FILES = new EnumMap<>(Role.class);

  static {
    FILES.put(Role.GOVERNOR, Set.of("scaling_governor", "governor"));
    FILES.put(
        Role.MAX,
        Set.of(
            "scaling_max_freq",
            "max_freq",
            "user_max_freq",
            "max_freq_khz",
            "scaling_devfreq_max"));
    FILES.put(
        Role.MIN,
        Set.of(
            "scaling_min_freq",
            "min_freq",
            "user_min_freq",
            "min_freq_khz",
            "scaling_devfreq_min"));
    FILES.put(
        Role.EXACT,
        Set.of(
            "scaling_setspeed",
            "set_freq",
            "rate",
            "pp_dpm_sclk",
            "pp_dpm_mclk",
            "dvfsrc_force_vcore_dvfs_opp"));
    FILES.put(Role.MODE, Set.of("mrq_rate_locked", "power_dpm_force_performance_level"));
  }

  private static final Pattern TUNABLE =
      Pattern.compile(
          "/sys/devices/system/cpu/cpufreq/(policy[0-9]+/)?[a-z_]+/[a-z_0-9]+"
              + "|/sys/devices/.*/devfreq/[^/]+/(polling_interval|timer|[a-z_]+/[a-z_0-9]+)");

  private static final Pattern TUNABLE_VALUE = Pattern.compile("[-\\w:,. ]{0,256}");
  private static final Pattern GOVERNOR_VALUE = Pattern.compile("[a-z][-a-zA-Z0-9_]{0,30}");

  private final Sysfs sysfs;

  WriteGuard(Sysfs sysfs) {
    this.sysfs = sysfs;
  }

  /** Returns why this must not be written, empty if it may. */
  Optional<String> refusal(Role role, String path, String value) {
    return file(role, path).or(() -> value(role, path, value));
  }

  private Optional<String> file(Role role, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String real;
    try {
      real = sysfs.canonical(path);
    } catch (SysfsException e) {
      return Optional.of(
          switch (e.errno()) {
            case EPERM -> "it leads out of the tree";
            case ENOENT -> "it is not there";
            default -> String.valueOf(e.getMessage());
          });
    }
    if (!real.equals(path)) {
      return Optional.of("it leads elsewhere, to " + real);
    }
    if (ROOTS.stream().noneMatch(path::startsWith)) {
      return Optional.of("it is no file of a device");
    }
    boolean known =
        role == Role.TUNABLE
            ? TUNABLE.matcher(path).matches()
            : FILES.getOrDefault(role, Set.of()).contains(name);
    return known ? Optional.empty() : Optional.of("it is no file that this tool writes");
  }

  private Optional<String> value(Role role, String path, String value) {
    String directory = path.substring(0, path.lastIndexOf('/'));
    String name = path.substring(path.lastIndexOf('/') + 1);
    return switch (role) {
      case GOVERNOR -> governor(directory, name, value);
      case TUNABLE ->
          TUNABLE_VALUE.matcher(value).matches()
              ? Optional.empty()
              : Optional.of("'" + value + "' is no value of a tunable");
      case MODE -> {
        boolean plausible =
            name.equals("mrq_rate_locked") ? value.matches("[01]") : value.matches("[a-z_]{1,30}");
        yield plausible ? Optional.empty() : Optional.of("'" + value + "' is no mode");
      }
      case MAX, MIN, EXACT -> number(directory, name, value);
    };
  }

  /**
   * One that is listed, or in force: devfreq cuts the last letter off "simple_ondemand" where that
   * is the only one it offers.
   */
  private Optional<String> governor(String directory, String name, String value) {
    String list =
        sysfs.firstLine(
            directory
                + (name.equals("governor")
                    ? "/available_governors"
                    : "/scaling_available_governors"),
            "");
    return GOVERNOR_VALUE.matcher(value).matches()
            && (Arrays.asList(list.split("\\s+")).contains(value)
                || sysfs.firstLine(directory + "/" + name, "").equals(value))
        ? Optional.empty()
        : Optional.of("'" + value + "' is none of its governors");
  }

  private Optional<String> number(String directory, String name, String value) {
    if (name.equals("dvfsrc_force_vcore_dvfs_opp")) {
      return value.equals("-1") || value.matches("[0-9]{1,3}")
          ? Optional.empty()
          : Optional.of("'" + value + "' is no index");
    }
    if (!Numbers.isPlain(value)) {
      return Optional.of("'" + value + "' is not a number");
    }
    if (name.startsWith("pp_dpm_")) {
      return value.length() <= 2 ? Optional.empty() : Optional.of("'" + value + "' is no index");
    }
    Optional<long[]> bounds = bounds(directory, name);
    if (bounds.isEmpty()) {
      return Optional.of("the table of the device cannot be read");
    }
    long number = Long.parseLong(value);
    boolean noLimit = number == 0 && (name.equals("max_freq") || name.equals("min_freq"));
    return noLimit || (number >= bounds.get()[0] && number <= bounds.get()[1])
        ? Optional.empty()
        : Optional.of(
            "%s is outside the device's table (%d to %d)"
                .formatted(value, bounds.get()[0], bounds.get()[1]));
  }

  private Optional<long[]> bounds(String directory, String name) {
    String device = name.equals("set_freq") ? directory.replaceFirst("/[^/]+$", "") : directory;
    for (String[] pair :
        new String[][] {
          {"cpuinfo_min_freq", "cpuinfo_max_freq"},
          {"initial_min_freq_khz", "initial_max_freq_khz"},
          {"hw_min_freq", "hw_max_freq"},
          {"min_rate", "max_rate"}
        }) {
      String low = sysfs.firstLine(device + "/" + pair[0], "");
      String high = sysfs.firstLine(device + "/" + pair[1], "");
      if (Numbers.isPlain(low) && Numbers.isPlain(high)) {
        return Optional.of(new long[] {Long.parseLong(low), Long.parseLong(high)});
      }
    }
    long[] table =
        Arrays.stream(sysfs.firstLine(device + "/available_frequencies", "").split("\\s+"))
            .filter(Numbers::isPlain)
            .mapToLong(Long::parseLong)
            .toArray();
    return table.length == 0
        ? Optional.empty()
        : Optional.of(
            new long[] {
              Arrays.stream(table).min().getAsLong(), Arrays.stream(table).max().getAsLong()
            });
  }
}
