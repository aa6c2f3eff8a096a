package io.neurobalancer.linux;

import java.util.List;

/** How long CPUs were busy, from {@code /proc/stat}. */
final class CpuTimes {

  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;

  private CpuTimes() {}

  /**
   * Returns ticks of 1/100 s that these CPUs together were not idle, NaN where it cannot be read.
   */
  static double busyTicks(Sysfs sysfs, List<Integer> cpus) {
    double busy = 0;
    int seen = 0;
    try {
      for (String line : sysfs.read("/proc/stat").split("\n", -1)) {
        String[] f = line.split("\\s+", -1);
        if (f[0].matches("cpu[0-9]+") && cpus.contains(Integer.parseInt(f[0].substring(3)))) {
          seen++;
          // The last two, guest times, are contained in the first two.
          for (int i = 1; i < Math.min(f.length, 9); i++) {
            busy += i == IDLE || i == IO_WAIT ? 0 : Numbers.parse("/proc/stat", f[i]);
          }
        }
      }
    } catch (SysfsException e) {
      return Double.NaN;
    }
    return seen == 0 ? Double.NaN : busy;
  }
}
