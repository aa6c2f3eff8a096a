package io.neurobalancer.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A double of Linux 6.1: what its cpufreq, devfreq and powercap files answer, as observed on a real
 * kernel. It clamps and rounds, refuses with the same reasons, applies limits late, forgets
 * tunables, fails silently where the kernel does, and lets a rival write.
 *
 * <p>The board: cpufreq policies 0 and 4, a devfreq memory controller {@code dmc}, and a RAPL zone
 * {@code psys} that integrates a power of 0.5 W, plus 0.2 W times the cube of each CPU clock in
 * GHz, plus 0.3 W times the memory clock in GHz.
 */
final class FakeKernel extends TreeSysfs {

  static final String POLICY0 = "/sys/devices/system/cpu/cpufreq/policy0";
  static final String POLICY4 = "/sys/devices/system/cpu/cpufreq/policy4";
  static final String DMC = "/sys/devices/platform/dmc/devfreq/dmc";
  static final String PSYS = "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:1";
  static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";

  private static final long LATE_NANOS = 12_000_000;

  final VirtualClock clock;
  private final Map<String, Policy> policies = new TreeMap<>();
  final Devfreq dmc;
  private final List<Event> events = new ArrayList<>();
  private double microjoules;
  private long accountedNanos;
  private long wrapMicrojoules = 262_143_328_850L;

  /** Something that happens at a time, whoever looks. */
  private record Event(long nanos, Consumer<FakeKernel> what) {}

  FakeKernel(VirtualClock clock) {
    this.clock = clock;
    this.accountedNanos = clock.nanoTime();
    put(BOOT_ID, "b1946ac9-2f3e-4a27-9f01-000000000001", "r");
    put("/proc/sys/kernel/osrelease", "6.1.0-fake", "r");
    put("/proc/uptime", "100.00 200.00", "r");
    put("/proc/device-tree/model", "Fake SoC", "r");
    policies.put(
        POLICY0,
        new Policy(
            POLICY0, "0 1 2 3", 300000, 576000, 768000, 1017600, 1248000, 1497600, 1708800,
            1900800));
    policies.put(
        POLICY4, new Policy(POLICY4, "4 5", 500000, 900000, 1300000, 1600000, 2200000, 2800000));
    dmc = new Devfreq(DMC, 400_000_000L, 800_000_000L, 1_066_000_000L, 1_600_000_000L);
    link("/sys/class/devfreq/dmc", DMC);
    put(PSYS + "/name", "psys", "r");
    put(PSYS + "/energy_uj", "0", "r");
    put(PSYS + "/max_energy_range_uj", Long.toString(wrapMicrojoules), "r");
    link("/sys/class/powercap/intel-rapl:1", PSYS);
  }

  /** Lets something happen once, when the time has come. */
  void at(long nanos, Consumer<FakeKernel> what) {
    events.add(new Event(nanos, what));
    events.sort(Comparator.comparingLong(Event::nanos));
  }

  void wrapAfter(long limit) {
    wrapMicrojoules = limit;
    set(PSYS + "/max_energy_range_uj", Long.toString(limit));
  }

  /** Makes the exact clock of the memory one that only root may write. */
  void closeSetFreq() {
    dmc.setFreqClosed = true;
  }

  Policy policy(String directory) {
    return java.util.Objects.requireNonNull(policies.get(directory));
  }

  /** Returns the clock that a CPU really runs at, hertz. */
  long hertz(String policy) {
    catchUp();
    return policy(policy).current * 1000;
  }

  void catchUp() {
    while (!events.isEmpty() && events.get(0).nanos() - clock.nanoTime() <= 0) {
      events.remove(0).what().accept(this);
    }
    long now = clock.nanoTime();
    double watts = 0.5 + 0.3 * dmc.current * 1e-9;
    for (Policy p : policies.values()) {
      double gigahertz = p.current * 1e-6;
      watts += 0.2 * gigahertz * gigahertz * gigahertz;
    }
    microjoules += watts * (now - accountedNanos) * 1e-3;
    accountedNanos = now;
    policies.values().forEach(Policy::settle);
    dmc.settle();
  }

  @Override
  String get(String path, String stored) throws SysfsException {
    catchUp();
    if (path.equals(PSYS + "/energy_uj")) {
      return Long.toString((long) (microjoules % (wrapMicrojoules + 1)));
    }
    for (Policy p : policies.values()) {
      if (path.startsWith(p.directory + "/")) {
        return p.read(path.substring(p.directory.length() + 1), stored);
      }
    }
    return path.startsWith(DMC + "/") ? dmc.read(path.substring(DMC.length() + 1), stored) : stored;
  }

  @Override
  String stored(String path, String value) throws SysfsException {
    catchUp();
    for (Policy p : policies.values()) {
      if (path.startsWith(p.directory + "/")) {
        return p.write(path, path.substring(p.directory.length() + 1), value);
      }
    }
    return path.startsWith(DMC + "/")
        ? dmc.write(path, path.substring(DMC.length() + 1), value)
        : value;
  }

  /** A rival's write: the same as ours, but not in the list of ours. */
  void rival(String path, String value) {
    try {
      write(path, value);
      writes.remove(writes.size() - 1);
    } catch (SysfsException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SysfsException error(Errno errno, String path, String value) {
    return new SysfsException(errno, path, "write " + value, errno.name());
  }

  private static long number(String path, String value) throws SysfsException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw error(Errno.EINVAL, path, value);
    }
  }

  /** A cpufreq policy. */
  final class Policy {
    final String directory;
    private final long[] table;
    private final Map<String, Map<String, String>> defaults = new HashMap<>();
    private String governor = "schedutil";
    private long wishMin;
    private long wishMax;
    private long lateMin;
    private long lateMax;
    private long lateNanos = Long.MAX_VALUE;
    private long wishSpeed;
    long current;
    private long capKilohertz = Long.MAX_VALUE;
    private boolean offline;
    private boolean driverFails;
    private boolean strict;
    private long firmwareMin;
    private long firmwareMax = Long.MAX_VALUE;

    Policy(String directory, String cpus, long... table) {
      this.directory = directory;
      this.table = table;
      this.wishMin = table[0];
      this.wishMax = table[table.length - 1];
      this.lateMin = wishMin;
      this.lateMax = wishMax;
      this.current = wishMax;
      this.wishSpeed = wishMax;
      String steps = String.join(" ", Arrays.stream(table).mapToObj(Long::toString).toList());
      put(directory + "/scaling_available_frequencies", steps, "r");
      put(directory + "/scaling_available_governors", "userspace performance schedutil", "r");
      put(directory + "/scaling_driver", "fake", "r");
      put(directory + "/scaling_cur_freq", "", "r");
      put(directory + "/scaling_setspeed", "", "rw");
      put(directory + "/scaling_governor", "", "rw");
      put(directory + "/scaling_min_freq", "", "rw");
      put(directory + "/scaling_max_freq", "", "rw");
      put(directory + "/cpuinfo_min_freq", Long.toString(table[0]), "r");
      put(directory + "/cpuinfo_max_freq", Long.toString(table[table.length - 1]), "r");
      put(directory + "/cpuinfo_transition_latency", "50000", "r");
      put(directory + "/related_cpus", cpus, "r");
      put(directory + "/affected_cpus", cpus, "r");
      tunable("rate_limit_us", "1000");
    }

    private void tunable(String name, String value) {
      put(directory + "/schedutil/" + name, value, "rw");
      defaults.computeIfAbsent("schedutil", g -> new TreeMap<>()).put(name, value);
    }

    void cap(long kilohertz) {
      capKilohertz = kilohertz == 0 ? Long.MAX_VALUE : kilohertz;
      late(wishMin, wishMax);
    }

    void offline(boolean is) {
      offline = is;
    }

    void driverFails(boolean does) {
      driverFails = does;
    }

    /** What really clocks obeys only within these, kHz, and no file says so. */
    void firmware(long min, long max) {
      firmwareMin = min;
      firmwareMax = max;
      decide();
    }

    /** As kernels before 5.3: a minimum above the maximum is refused. */
    void strict() {
      strict = true;
    }

    private long max() {
      return Math.min(floor(lateMax), floor(capKilohertz));
    }

    private long min() {
      return Math.min(ceil(lateMin), max());
    }

    private long floor(long kilohertz) {
      long best = table[0];
      for (long step : table) {
        best = step <= kilohertz ? step : best;
      }
      return best;
    }

    private long ceil(long kilohertz) {
      for (long step : table) {
        if (step >= kilohertz) {
          return step;
        }
      }
      return table[table.length - 1];
    }

    private void late(long min, long max) {
      wishMin = min;
      wishMax = max;
      lateNanos = clock.nanoTime() + LATE_NANOS;
    }

    void settle() {
      if (clock.nanoTime() - lateNanos >= 0 && lateNanos != Long.MAX_VALUE) {
        lateMin = wishMin;
        lateMax = wishMax;
        lateNanos = Long.MAX_VALUE;
        decide();
      }
    }

    private void decide() {
      if (driverFails) {
        return;
      }
      long wanted =
          switch (governor) {
            case "userspace" -> ceil(Math.min(Math.max(wishSpeed, min()), max()));
            case "performance" -> max();
            default -> Math.min(Math.max(current, min()), max());
          };
      current = Math.min(Math.max(wanted, firmwareMin), firmwareMax);
    }

    private String read(String file, String stored) throws SysfsException {
      if (offline) {
        throw error(Errno.EBUSY, directory + "/" + file, "");
      }
      return switch (file) {
        case "scaling_cur_freq" -> Long.toString(current);
        case "scaling_setspeed" ->
            governor.equals("userspace") ? Long.toString(current) : "<unsupported>";
        case "scaling_governor" -> governor;
        case "scaling_max_freq" -> Long.toString(max());
        case "scaling_min_freq" -> Long.toString(min());
        default -> stored;
      };
    }

    private String write(String path, String file, String value) throws SysfsException {
      if (offline) {
        throw error(Errno.EBUSY, path, value);
      }
      switch (file) {
        case "scaling_setspeed" -> {
          if (!governor.equals("userspace")) {
            throw error(Errno.EINVAL, path, value);
          }
          wishSpeed = number(path, value);
          decide();
        }
        case "scaling_governor" -> switchGovernor(path, value);
        case "scaling_max_freq" -> {
          refuseCrossing(path, value, wishMin <= number(path, value));
          late(wishMin, number(path, value));
        }
        case "scaling_min_freq" -> {
          refuseCrossing(path, value, number(path, value) <= wishMax);
          late(number(path, value), wishMax);
        }
        default -> {
          if (file.startsWith("schedutil/") && !governor.equals("schedutil")) {
            throw error(Errno.ENOENT, path, value);
          }
        }
      }
      return value;
    }

    private void switchGovernor(String path, String value) throws SysfsException {
      if (!List.of("userspace", "performance", "schedutil").contains(value)) {
        throw error(Errno.EINVAL, path, value);
      }
      if (!governor.equals(value)) {
        String gone = governor;
        defaults
            .getOrDefault(gone, Map.of())
            .forEach((name, text) -> FakeKernel.this.set(at(gone, name), text));
        governor = value;
        wishSpeed = current;
      }
      decide();
    }

    private String at(String gov, String name) {
      return directory + "/" + gov + "/" + name;
    }

    private void refuseCrossing(String path, String value, boolean fine) throws SysfsException {
      if (strict && !fine) {
        throw error(Errno.EINVAL, path, value);
      }
    }
  }

  /** A devfreq device. */
  final class Devfreq {
    private final String directory;
    private final long[] table;
    private String governor = "simple_ondemand";
    private long wishMin;
    private long wishMax;
    private String setFreq = "undefined";
    long current;
    private boolean switchDoesNothing;
    private boolean setFreqClosed;
    private Errno failure = Errno.OTHER;

    Devfreq(String directory, long... table) {
      this.directory = directory;
      this.table = table;
      this.wishMin = table[0];
      this.wishMax = table[table.length - 1];
      this.current = wishMax;
      put(
          directory + "/available_frequencies",
          String.join(" ", Arrays.stream(table).mapToObj(Long::toString).toList()),
          "r");
      put(directory + "/available_governors", "userspace simple_ondemand", "r");
      put(directory + "/governor", "", "rw");
      put(directory + "/min_freq", "", "rw");
      put(directory + "/max_freq", "", "rw");
      put(directory + "/cur_freq", "", "r");
      put(directory + "/polling_interval", "50", "rw");
    }

    void switchDoesNothing() {
      switchDoesNothing = true;
    }

    void fails(Errno errno) {
      failure = errno;
    }

    private long min() {
      return Math.min(wishMin, wishMax);
    }

    private long ceil(long hertz) {
      for (long step : table) {
        if (step >= hertz) {
          return step;
        }
      }
      return table[table.length - 1];
    }

    void settle() {
      if (failure != Errno.OTHER) {
        return;
      }
      long wanted =
          governor.equals("userspace") && !setFreq.equals("undefined")
              ? Long.parseLong(setFreq)
              : current;
      current = ceil(Math.min(Math.max(wanted, min()), wishMax));
    }

    private String read(String file, String stored) {
      return switch (file) {
        case "governor" -> governor;
        case "min_freq" -> Long.toString(min());
        case "max_freq" -> Long.toString(wishMax);
        case "cur_freq" -> Long.toString(current);
        case "userspace/set_freq" -> setFreq;
        default -> stored;
      };
    }

    private String write(String path, String file, String value) throws SysfsException {
      switch (file) {
        case "governor" -> switchGovernor(path, value);
        case "userspace/set_freq" -> {
          setFreq = Long.toString(number(path, value));
          if (failure != Errno.OTHER) {
            throw error(failure, path, value);
          }
        }
        case "min_freq" -> wishMin = number(path, value);
        case "max_freq" -> wishMax = number(path, value);
        default -> {}
      }
      settle();
      return value;
    }

    private void switchGovernor(String path, String value) throws SysfsException {
      if (!List.of("userspace", "simple_ondemand").contains(value)) {
        throw error(Errno.EINVAL, path, value);
      }
      if (switchDoesNothing) {
        return;
      }
      governor = value;
      setFreq = "undefined";
      if (value.equals("userspace")) {
        put(directory + "/userspace/set_freq", "", setFreqClosed ? "r" : "rw");
      } else {
        remove(directory + "/userspace/set_freq");
      }
    }
  }
}
