package io.neurobalancer.linux;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what a machine offers. It only reads. */
public final class Discovery {

  private Discovery() {}

  /** Looks at everything that it knows. */
  public static Machine of(Sysfs sysfs) {
    List<ClockControl> clocks = new ArrayList<>();
    clocks.addAll(CpufreqDiscovery.find(sysfs));
    clocks.addAll(DevfreqDiscovery.find(sysfs));
    clocks.addAll(VendorClocks.find(sysfs));
    List<MeterSource> meters = new ArrayList<>(MeterDiscovery.find(sysfs));
    meters.sort(Comparator.comparing(MeterSource::quality));
    List<String> notes = new ArrayList<>();
    if (clocks.isEmpty()) {
      notes.add(
          "This machine offers no clock: there is no cpufreq, no devfreq and no vendor's interface"
              + " in sysfs. Virtual machines and containers usually have none.");
    }
    if (meters.isEmpty()) {
      notes.add(
          "This machine offers no energy meter: no powercap, no hwmon power, no battery and no IIO"
              + " rail.");
    }
    return new Machine(
        title(sysfs),
        sysfs.firstLine("/proc/sys/kernel/osrelease", "unknown"),
        unique(clocks),
        uniqueMeters(meters),
        Rivals.running(sysfs),
        notes);
  }

  private static String title(Sysfs sysfs) {
    for (String file :
        List.of(
            "/proc/device-tree/model",
            "/sys/firmware/devicetree/base/model",
            "/sys/class/dmi/id/product_name")) {
      String line = sysfs.firstLine(file, "").replace("\0", "").strip();
      if (!line.isEmpty()) {
        return line;
      }
    }
    return "unknown machine";
  }

  /** One directory is one clock, whatever path led to it; names are made distinct. */
  private static List<ClockControl> unique(List<ClockControl> found) {
    List<ClockControl> kept = new ArrayList<>();
    Set<String> directories = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (ClockControl clock : found) {
      if (directories.add(clock.directory() + clock.name())) {
        String name = clock.name();
        for (int n = 2; !names.add(name); n++) {
          name = clock.name() + "-" + n;
        }
        kept.add(name.equals(clock.name()) ? clock : renamed(clock, name));
      }
    }
    return kept;
  }

  private static ClockControl renamed(ClockControl c, String name) {
    return new ClockControl(
        name,
        c.family(),
        c.kind(),
        c.directory(),
        c.steps(),
        c.mechanism(),
        c.files(),
        c.current(),
        c.cpus(),
        c.transitionNanos(),
        c.obstacle(),
        c.advice(),
        c.facts());
  }

  private static List<MeterSource> uniqueMeters(List<MeterSource> found) {
    List<MeterSource> kept = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (MeterSource m : found) {
      String name = m.name();
      for (int n = 2; !names.add(name); n++) {
        name = m.name() + "-" + n;
      }
      kept.add(
          new MeterSource(
              name,
              m.kind(),
              m.quality(),
              m.files(),
              m.channel(),
              m.resolutionJoules(),
              m.updateSeconds(),
              m.wrapMicrojoules(),
              m.partOf(),
              m.obstacle(),
              m.advice()));
    }
    return kept;
  }
}
