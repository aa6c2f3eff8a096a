package io.neurobalancer.linux;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.target.RunClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what a planner needs besides the operators' costs: what a switch costs in each domain
 * and direction, how long a clock takes to follow, what waking up takes, and the power between
 * jobs. Each figure comes with its meter, or with the reason why there is none.
 */
final class Calibrator {

  private static final int SWITCHES = 32;
  private static final int WAKES = 32;
  private static final long WAKE_SLEEP_NANOS = 2_000_000;

  /** A meter's reading is off by up to an update at each end: fifty of them make 4 %. */
  private static final int UPDATES = 50;

  private static final double SHORTEST_BLOCK_SECONDS = 0.1;

  private final Sysfs sysfs;
  private final RunClock clock;
  private final LinuxBoard board;
  private final Meters meters;
  private final SettingGrid grid;
  private final Map<String, String> sources = new LinkedHashMap<>();

  Calibrator(Sysfs sysfs, RunClock clock, LinuxBoard board, Meters meters) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.board = board;
    this.meters = meters;
    this.grid = board.grid();
  }

  /** Returns how long the blocks of the meter take, which is nearly all of it. */
  static double seconds(SettingGrid grid, Meters meters) {
    int blocks = 2 * grid.dimensions() + (1 << grid.dimensions());
    return meters.present() ? blocks * blockSeconds(meters) : 0;
  }

  Calibration calibrate() {
    List<SwitchCost> costs = new ArrayList<>();
    List<Double> settle = new ArrayList<>();
    boolean followed = true;
    for (int d = 0; d < grid.dimensions(); d++) {
      double[] up = new double[SWITCHES];
      double[] down = new double[SWITCHES];
      double[] settled = new double[2 * SWITCHES];
      goTo(grid.slowest());
      int top = grid.domains().get(d).opps().size() - 1;
      for (int i = 0; i < SWITCHES; i++) {
        up[i] = switchTo(d, top);
        settled[2 * i] = settle();
        down[i] = switchTo(d, 0);
        settled[2 * i + 1] = settle();
      }
      double[] joules = switchJoules(d, top);
      costs.add(new SwitchCost(median(up), median(down), joules[0], joules[0]));
      double typical = median(settled);
      followed &= !Double.isNaN(typical);
      settle.add(Double.isNaN(typical) ? 0 : typical);
    }
    sources.put(
        "switch",
        "monotonic clock around the write, median of "
            + SWITCHES
            + " between the slowest and the fastest OPP");
    sources.put(
        "settle",
        followed
            ? "read-back of the clock after the write, median of " + 2 * SWITCHES
            : "not measured: a clock cannot be read back, or did not follow");
    double wake = wake();
    List<IdleState> states = idleStates(wake);
    List<List<Double>> watts = idleWatts(states.size());
    return new Calibration(new SwitchCosts(costs), settle, states, watts, sources);
  }

  private void goTo(int setting) {
    board.request(setting);
    commit();
    board.awaitClocks();
  }

  /** Commits until nothing is left that its transition latency held back. */
  private void commit() {
    board.commit(clock.nanoTime());
    for (int d = 0; d < grid.dimensions(); d++) {
      while (board.applied(d) != board.requested(d)) {
        clock.sleepUntil(clock.nanoTime() + 1_000);
        board.commit(clock.nanoTime());
      }
    }
  }

  private double switchTo(int domain, int opp) {
    board.request(domain, opp);
    long before = clock.nanoTime();
    commit();
    return (clock.nanoTime() - before) * 1e-9;
  }

  private double settle() {
    long before = clock.nanoTime();
    return board.awaitClocks() ? (clock.nanoTime() - before) * 1e-9 : Double.NaN;
  }

  /** The energy of a toggling block above that of two steady ones, by the number of switches. */
  private double[] switchJoules(int domain, int top) {
    String why = meterObstacle();
    if (!why.isEmpty()) {
      sources.put("switchEnergy", "not measured: " + why + "; 0 J is used");
      return new double[] {0};
    }
    double block = blockSeconds(meters);
    switchTo(domain, 0);
    double low = watts(block / 2);
    switchTo(domain, top);
    double high = watts(block / 2);
    long start = clock.nanoTime();
    double joules = meters.readTotal();
    int toggles = 0;
    double atTop = 0;
    while ((clock.nanoTime() - start) * 1e-9 < block) {
      int to = toggles % 2 == 0 ? 0 : top;
      switchTo(domain, to);
      long hold = clock.nanoTime();
      clock.sleepUntil(hold + 1_000_000);
      atTop += to == top ? (clock.nanoTime() - hold) * 1e-9 : 0;
      toggles++;
    }
    double seconds = (clock.nanoTime() - start) * 1e-9;
    double spent = meters.readTotal() - joules;
    double steady = low * (seconds - atTop) + high * atTop;
    double each = (spent - steady) / toggles;
    sources.put(
        "switchEnergy",
        each > 0
            ? "%s over %d switches, above the power at the two ends"
                .formatted(meters.totalName(), toggles)
            : "below what %s can tell; 0 J is used".formatted(meters.totalName()));
    return new double[] {each > 0 ? each : 0};
  }

  private double wake() {
    double[] late = new double[WAKES];
    for (int i = 0; i < WAKES; i++) {
      long due = clock.nanoTime() + WAKE_SLEEP_NANOS;
      clock.sleepUntil(due);
      late[i] = Math.max(0, clock.nanoTime() - due) * 1e-9;
    }
    sources.put("wake", "monotonic clock, median lateness of " + WAKES + " timers");
    return median(late);
  }

  private List<IdleState> idleStates(double wakeSeconds) {
    List<IdleState> states = new ArrayList<>();
    String root = "/sys/devices/system/cpu/cpu0/cpuidle";
    for (String state : sysfs.list(root)) {
      String directory = root + "/" + state;
      String name = sysfs.firstLine(directory + "/name", state);
      String latency = sysfs.firstLine(directory + "/latency", "");
      String residency = sysfs.firstLine(directory + "/residency", "0");
      if (Numbers.isPlain(latency) && Numbers.isPlain(residency) && !name.equals("POLL")) {
        states.add(
            new IdleState(
                name,
                0,
                Math.max(Long.parseLong(latency) * 1e-6, states.isEmpty() ? wakeSeconds : 0),
                Long.parseLong(residency) * 1e-6));
      }
    }
    if (states.isEmpty()) {
      sources.put("idle states", "not measured: the kernel offers no cpuidle states");
      return List.of(new IdleState("idle", 0, wakeSeconds, 0));
    }
    sources.put(
        "idle states",
        "the kernel's cpuidle table (exit latency and target residency); its entry"
            + " latency is not published");
    states.sort(java.util.Comparator.comparingDouble(IdleState::minimumResidencySeconds));
    return states;
  }

  /** Idle power at the corners of the grid; what is between is interpolated over the OPPs. */
  private List<List<Double>> idleWatts(int states) {
    List<Double> perSetting = new ArrayList<>();
    String why = meterObstacle();
    int k = grid.dimensions();
    double[] corners = new double[1 << k];
    Arrays.fill(corners, Double.NaN);
    if (why.isEmpty()) {
      double block = blockSeconds(meters);
      for (int corner = 0; corner < corners.length; corner++) {
        int setting = grid.slowest();
        for (int d = 0; d < k; d++) {
          if ((corner >> d & 1) == 1) {
            setting = grid.with(setting, d, grid.domains().get(d).opps().size() - 1);
          }
        }
        goTo(setting);
        corners[corner] = watts(block);
      }
      sources.put(
          "idle",
          "%s, %.1f s of idling at each of %d corner settings, interpolated between; the same for"
                  .formatted(meters.totalName(), block, corners.length)
              + " all idle states");
    } else {
      sources.put("idle", "not measured: " + why);
    }
    for (int setting = 0; setting < grid.size(); setting++) {
      double watts = 0;
      for (int corner = 0; corner < corners.length; corner++) {
        double weight = 1;
        for (int d = 0; d < k; d++) {
          double share = share(setting, d);
          weight *= (corner >> d & 1) == 1 ? share : 1 - share;
        }
        watts += weight == 0 ? 0 : weight * corners[corner];
      }
      perSetting.add(watts);
    }
    return java.util.Collections.nCopies(states, perSetting);
  }

  /** How far up a domain's clock is between its slowest and its fastest. */
  private double share(int setting, int domain) {
    double low = grid.domains().get(domain).opps().min().hertz();
    double high = grid.domains().get(domain).opps().max().hertz();
    return high == low ? 0 : (grid.frequency(setting, domain).hertz() - low) / (high - low);
  }

  private double watts(double seconds) {
    long start = clock.nanoTime();
    double joules = meters.readTotal();
    long end = start + Numbers.nanos(seconds);
    while (clock.nanoTime() - end < 0) {
      meters.poll();
      clock.sleepUntil(Math.min(end, clock.nanoTime() + 10_000_000));
    }
    double spent = meters.readTotal() - joules;
    return spent / ((clock.nanoTime() - start) * 1e-9);
  }

  private static double blockSeconds(Meters meters) {
    return Math.max(SHORTEST_BLOCK_SECONDS, UPDATES * meters.updateSeconds());
  }

  private String meterObstacle() {
    if (!meters.present()) {
      return "there is no meter that can be read";
    }
    return meters.broken().isEmpty() ? "" : String.join(" ", meters.broken());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
