package io.neurobalancer.linux;

import io.neurobalancer.linux.MeterSource.Kind;
import io.neurobalancer.linux.MeterSource.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Energy meters. Units are those of each interface's documentation in the kernel. */
final class MeterDiscovery {

  /** RAPL refreshes about every millisecond (Intel SDM, volume 3, 15.10.1). */
  private static final double RAPL_UPDATE_SECONDS = 1e-3;

  /** 2^-14 J, the usual energy unit of RAPL's registers (same place). */
  private static final double RAPL_RESOLUTION_JOULES = 1.0 / (1 << 14);

  /** The ODPM driver serves the same reading for 50 ms. */
  private static final double ODPM_UPDATE_SECONDS = 0.05;

  /** A fuel gauge's usual period; it is not published by the interface. */
  private static final double GAUGE_UPDATE_SECONDS = 1;

  /** INA chips convert in about a millisecond per channel and average several readings. */
  private static final double INA_UPDATE_SECONDS = 0.01;

  /** What Jetsons call the supply of the whole module. */
  private static final java.util.Set<String> WHOLE_BOARD =
      java.util.Set.of("VDD_IN", "VIN", "POM_5V_IN");

  static final Pattern ODPM_ROW =
      Pattern.compile("CH([0-9]+)\\(T=([0-9]+)\\)\\[([^\\]]+)\\],\\s*([0-9]+)");

  private static final String RAPL_ADVICE =
      "Since Linux 5.10 energy_uj is for root only: run as root or open it to your group, see"
          + " docs/safety.md.";

  private MeterDiscovery() {}

  static List<MeterSource> find(Sysfs sysfs) {
    List<MeterSource> found = new ArrayList<>();
    powercap(sysfs, found);
    hwmon(sysfs, found);
    ina3221x(sysfs, found);
    iio(sysfs, found);
    batteries(sysfs, found);
    return found;
  }

  private static void powercap(Sysfs sysfs, List<MeterSource> found) {
    String root = "/sys/class/powercap";
    for (String zone : sysfs.list(root)) {
      String directory = root + "/" + zone;
      if (!zone.matches("[\\w-]+(:[0-9]+)+") || !sysfs.exists(directory + "/energy_uj")) {
        continue;
      }
      String name = sysfs.firstLine(directory + "/name", zone);
      int colon = zone.lastIndexOf(':');
      String parent = zone.substring(0, colon);
      // A dram zone lies under its package in the tree; its energy is not in the package's.
      Optional<String> partOf =
          parent.contains(":") && !name.equals("dram")
              ? Optional.of(sysfs.firstLine(root + "/" + parent + "/name", parent))
              : name.startsWith("package") || name.equals("dram")
                  ? psys(sysfs, root)
                  : Optional.empty();
      if (parent.contains(":")) {
        name = sysfs.firstLine(root + "/" + parent + "/name", parent) + "/" + name;
      }
      String range = sysfs.firstLine(directory + "/max_energy_range_uj", "");
      String file = directory + "/energy_uj";
      found.add(
          new MeterSource(
              name,
              Kind.RAPL,
              Quality.ACCUMULATED,
              List.of(file),
              "",
              RAPL_RESOLUTION_JOULES,
              RAPL_UPDATE_SECONDS,
              Numbers.isPlain(range) ? Long.parseLong(range) : 0,
              partOf,
              unreadable(sysfs, file),
              unreadable(sysfs, file).isPresent() ? RAPL_ADVICE : ""));
    }
  }

  private static Optional<String> psys(Sysfs sysfs, String root) {
    return sysfs.list(root).stream()
        .map(zone -> sysfs.firstLine(root + "/" + zone + "/name", ""))
        .filter("psys"::equals)
        .findFirst();
  }

  private static void hwmon(Sysfs sysfs, List<MeterSource> found) {
    for (String entry : sysfs.list("/sys/class/hwmon")) {
      String directory = "/sys/class/hwmon/" + entry;
      String chip = sysfs.firstLine(directory + "/name", entry);
      for (String file : sysfs.list(directory)) {
        if (file.matches("energy[0-9]+_input")) {
          found.add(
              hwmonMeter(
                  sysfs, directory, chip, file, Kind.HWMON_ENERGY, Quality.ACCUMULATED, 1e-6));
        } else if (file.matches("power[0-9]+_(input|average)")
            && !(file.endsWith("average")
                && sysfs.exists(directory + "/" + file.replace("average", "input")))) {
          found.add(
              hwmonMeter(
                  sysfs,
                  directory,
                  chip,
                  file,
                  Kind.HWMON_POWER,
                  Quality.SAMPLED,
                  1e-6 * INA_UPDATE_SECONDS));
        } else if (file.matches("curr[0-9]+_input")) {
          current(sysfs, found, directory, chip, file);
        }
      }
    }
  }

  private static MeterSource hwmonMeter(
      Sysfs sysfs,
      String directory,
      String chip,
      String file,
      Kind kind,
      Quality quality,
      double resolution) {
    String path = directory + "/" + file;
    String label = sysfs.firstLine(directory + "/" + file.replaceFirst("_.*", "_label"), "");
    return new MeterSource(
        label.isEmpty() ? chip + "-" + file.replaceFirst("_.*", "") : label,
        kind,
        quality,
        List.of(path),
        "",
        resolution,
        interval(sysfs, directory),
        0,
        Optional.empty(),
        unreadable(sysfs, path),
        "");
  }

  /** A current counts with the voltage of its own channel, and only where no power is given. */
  private static void current(
      Sysfs sysfs, List<MeterSource> found, String directory, String chip, String file) {
    String number = file.substring(4, file.indexOf('_'));
    String voltage = directory + "/in" + number + "_input";
    if (!sysfs.exists(voltage)
        || sysfs.exists(directory + "/power" + number + "_input")
        || sysfs.exists(directory + "/power1_input")) {
      return;
    }
    String label =
        sysfs.firstLine(
            directory + "/in" + number + "_label",
            sysfs.firstLine(directory + "/curr" + number + "_label", ""));
    if (label.toLowerCase(java.util.Locale.ROOT).startsWith("sum of")) {
      return;
    }
    found.add(
        new MeterSource(
            label.isEmpty() ? chip + "-" + number : label,
            Kind.HWMON_CURRENT,
            Quality.SAMPLED,
            List.of(directory + "/" + file, voltage),
            "",
            Double.NaN,
            interval(sysfs, directory),
            0,
            WHOLE_BOARD.contains(label) ? Optional.empty() : board(sysfs, directory),
            unreadable(sysfs, directory + "/" + file),
            ""));
  }

  /** On Jetsons one channel is the whole board's supply. */
  private static Optional<String> board(Sysfs sysfs, String directory) {
    return sysfs.list(directory).stream()
        .filter(file -> file.matches("in[0-9]+_label"))
        .map(file -> sysfs.firstLine(directory + "/" + file, ""))
        .filter(WHOLE_BOARD::contains)
        .findFirst();
  }

  private static double interval(Sysfs sysfs, String directory) {
    String text = sysfs.firstLine(directory + "/update_interval", "");
    return Numbers.isPlain(text) && Long.parseLong(text) > 0
        ? Long.parseLong(text) * 1e-3
        : INA_UPDATE_SECONDS;
  }

  /** NVIDIA's driver before mainline's: rails by name, power in milliwatts. */
  private static void ina3221x(Sysfs sysfs, List<MeterSource> found) {
    String root = "/sys/bus/i2c/drivers/ina3221x";
    for (String chip : sysfs.list(root)) {
      for (String device : sysfs.list(root + "/" + chip)) {
        String directory = root + "/" + chip + "/" + device;
        for (int channel = 0; device.startsWith("iio:device") && channel < 3; channel++) {
          String power = directory + "/in_power" + channel + "_input";
          if (sysfs.exists(power)) {
            found.add(
                new MeterSource(
                    sysfs.firstLine(directory + "/rail_name_" + channel, chip + "-" + channel),
                    Kind.INA3221X,
                    Quality.SAMPLED,
                    List.of(power),
                    "",
                    1e-3 * INA_UPDATE_SECONDS,
                    INA_UPDATE_SECONDS,
                    0,
                    inaBoard(sysfs, root, directory, channel),
                    unreadable(sysfs, power),
                    ""));
          }
        }
      }
    }
  }

  /** Where a rail is the whole board's supply, the others are part of it. */
  private static Optional<String> inaBoard(
      Sysfs sysfs, String root, String directory, int channel) {
    String own = sysfs.firstLine(directory + "/rail_name_" + channel, "");
    if (WHOLE_BOARD.contains(own)) {
      return Optional.empty();
    }
    for (String chip : sysfs.list(root)) {
      for (String device : sysfs.list(root + "/" + chip)) {
        for (int c = 0; c < 3; c++) {
          String rail = sysfs.firstLine(root + "/" + chip + "/" + device + "/rail_name_" + c, "");
          if (WHOLE_BOARD.contains(rail)) {
            return Optional.of(rail);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static void iio(Sysfs sysfs, List<MeterSource> found) {
    String root = "/sys/bus/iio/devices";
    for (String device : sysfs.list(root)) {
      String file = root + "/" + device + "/energy_value";
      if (!sysfs.exists(file)) {
        continue;
      }
      try {
        Matcher row = ODPM_ROW.matcher(sysfs.read(file));
        while (row.find()) {
          found.add(
              new MeterSource(
                  row.group(3),
                  Kind.ODPM,
                  Quality.ACCUMULATED,
                  List.of(file),
                  row.group(1),
                  1e-6,
                  ODPM_UPDATE_SECONDS,
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  "Good for blocks of jobs, not for single operators."));
        }
      } catch (SysfsException e) {
        found.add(
            new MeterSource(
                sysfs.firstLine(root + "/" + device + "/name", device),
                Kind.ODPM,
                Quality.ACCUMULATED,
                List.of(file),
                "",
                1e-6,
                ODPM_UPDATE_SECONDS,
                0,
                Optional.empty(),
                Optional.of(String.valueOf(e.getMessage())),
                "Run as root."));
      }
    }
  }

  private static void batteries(Sysfs sysfs, List<MeterSource> found) {
    String root = "/sys/class/power_supply";
    for (String supply : sysfs.list(root)) {
      String directory = root + "/" + supply;
      if (!sysfs.firstLine(directory + "/type", "").equals("Battery")
          || sysfs.firstLine(directory + "/scope", "").equals("Device")) {
        continue;
      }
      List<String> files =
          sysfs.exists(directory + "/power_now")
              ? List.of(directory + "/power_now")
              : sysfs.exists(directory + "/current_now") && sysfs.exists(directory + "/voltage_now")
                  ? List.of(directory + "/current_now", directory + "/voltage_now")
                  : List.of();
      if (files.isEmpty()) {
        continue;
      }
      String status = sysfs.firstLine(directory + "/status", "Unknown");
      Optional<String> obstacle = unreadable(sysfs, files.get(0));
      if (obstacle.isEmpty() && !status.equals("Discharging")) {
        obstacle =
            Optional.of(
                "the battery is not discharging (" + status + "): its current is not the device's");
      }
      found.add(
          new MeterSource(
              supply,
              Kind.BATTERY,
              Quality.GAUGE,
              files,
              directory + "/status",
              Double.NaN,
              GAUGE_UPDATE_SECONDS,
              0,
              Optional.empty(),
              obstacle,
              obstacle.isPresent()
                  ? "Unplug the supply; on a phone, use adb over Wi-Fi."
                  : "Slow, and of the whole device with its screen."));
    }
  }

  private static Optional<String> unreadable(Sysfs sysfs, String path) {
    try {
      Numbers.parse(path, sysfs.read(path));
      return Optional.empty();
    } catch (SysfsException e) {
      return Optional.of(
          e.errno() == Errno.EACCES
              ? "no permission to read " + path
              : String.valueOf(e.getMessage()));
    }
  }
}
