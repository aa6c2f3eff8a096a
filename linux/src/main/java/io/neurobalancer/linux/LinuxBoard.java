package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Rail;
import io.neurobalancer.linux.ClockWriter.Disturbance;
import io.neurobalancer.linux.ClockWriter.Trouble;
import io.neurobalancer.target.RunClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The clocks and meters of a machine as governors see them. A reading is made when a governor asks
 * for it, once per call of the governor; one that does not ask costs nothing.
 */
final class LinuxBoard implements DrivenBoard {

  /** A kernel tick of 1/100 s, the unit of {@code /proc/stat}. */
  private static final long STAT_NANOS = 10_000_000;

  /** A disturbance is looked for this often at most, so that looking does not disturb. */
  private static final long LOOK_NANOS = 100_000_000;

  /** After one was found it is there to stay: look less often. */
  private static final long TROUBLED_NANOS = 1_000_000_000;

  /** A clock is read back at most every twenty times what that takes: it may pass a mailbox. */
  private static final long COST_FACTOR = 20;

  private final Sysfs sysfs;
  private final RunClock clock;
  private final ControlSession session;
  private final SettingGrid grid;
  private final ClockWriter[][] writers;
  private final List<Meter> meters;
  private final List<Rail> rails;
  private final int activeCores;
  private final List<Integer> cpus;
  private final long[] minimumNanos;
  private final int[] requested;
  private final int[] applied;
  private final long[] appliedNanos;
  private final int[] actual;
  private final boolean[] actualKnown;
  private final long[] actualNanos;
  private final long[] actualCostNanos;
  private final boolean[] metered;
  private final boolean[] taken;
  private final Map<String, Integer> troubles = new LinkedHashMap<>();
  private final Optional<String> thermalZone;
  private double celsius = Double.NaN;
  private boolean celsiusKnown;
  private double busyNanos = Double.NaN;
  private boolean busyKnown;
  private boolean contested;
  private boolean running;
  private long nextLookNanos;
  private double uptimeSeconds = Double.NaN;
  private long uptimeNanos;

  LinuxBoard(
      Sysfs sysfs,
      RunClock clock,
      ControlSession session,
      List<DomainChoice> domains,
      Meters meters,
      int activeCores) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.session = session;
    this.meters = meters.total();
    this.activeCores = activeCores;
    this.grid = new SettingGrid(domains.stream().map(DomainChoice::domain).toList());
    this.writers =
        domains.stream()
            .map(
                domain ->
                    session.writers().stream()
                        .filter(w -> domain.clocks().contains(w.control()))
                        .toArray(ClockWriter[]::new))
            .toArray(ClockWriter[][]::new);
    this.rails = this.meters.stream().map(Meter::rail).collect(Collectors.toList());
    this.cpus =
        domains.stream()
            .filter(d -> d.kind() == FrequencyDomain.Kind.CORE)
            .flatMap(d -> d.clocks().stream())
            .flatMap(c -> c.cpus().stream())
            .toList();
    int k = domains.size();
    this.minimumNanos = new long[k];
    for (int d = 0; d < k; d++) {
      minimumNanos[d] =
          domains.get(d).clocks().stream().mapToLong(ClockControl::transitionNanos).max().orElse(0);
    }
    this.requested = new int[k];
    this.applied = new int[k];
    this.appliedNanos = new long[k];
    this.actual = new int[k];
    this.actualKnown = new boolean[k];
    this.actualNanos = new long[k];
    this.actualCostNanos = new long[k];
    Arrays.fill(actualNanos, clock.nanoTime() - TROUBLED_NANOS);
    this.metered = new boolean[rails.size()];
    this.taken = new boolean[k];
    Arrays.fill(applied, UNKNOWN);
    for (int d = 0; d < k; d++) {
      int now = writers[d][0].actual();
      requested[d] = now == UNKNOWN ? grid.domains().get(d).opps().size() - 1 : now;
    }
    this.thermalZone = ThermalZone.ofCpu(sysfs);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public void request(int domain, int opp) {
    java.util.Objects.checkIndex(opp, grid.domains().get(domain).opps().size());
    requested[domain] = opp;
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int actual(int domain) {
    if (!actualKnown[domain]) {
      long now = clock.nanoTime();
      if (now - actualNanos[domain] >= COST_FACTOR * actualCostNanos[domain]) {
        actual[domain] = writers[domain][0].actual();
        actualNanos[domain] = now;
        actualCostNanos[domain] = clock.nanoTime() - now;
      }
      actualKnown[domain] = true;
    }
    return actual[domain];
  }

  @Override
  public int activeCores() {
    return activeCores;
  }

  @Override
  public double counter(Counter counter) {
    if (counter != Counter.BUSY_NANOS || cpus.isEmpty()) {
      return Double.NaN;
    }
    if (!busyKnown) {
      busyNanos = CpuTimes.busyTicks(sysfs, cpus) * STAT_NANOS / Math.min(activeCores, cpus.size());
      busyKnown = true;
    }
    return busyNanos;
  }

  @Override
  public List<Rail> rails() {
    return rails;
  }

  @Override
  public double joules(int rail) {
    Meter meter = meters.get(rail);
    if (metered[rail]) {
      return meter.joules();
    }
    metered[rail] = true;
    return meter.poll();
  }

  @Override
  public double celsius() {
    if (!celsiusKnown && thermalZone.isPresent()) {
      String text = sysfs.firstLine(thermalZone.get(), "");
      celsius = text.matches("-?[0-9]{1,9}") ? Long.parseLong(text) * 1e-3 : Double.NaN;
      celsiusKnown = true;
    }
    return celsius;
  }

  @Override
  public void sample(long nowNanos) {
    for (int d = 0; d < actualKnown.length; d++) {
      actualKnown[d] = false;
    }
    for (int r = 0; r < metered.length; r++) {
      metered[r] = false;
    }
    busyKnown = false;
    celsiusKnown = false;
  }

  /**
   * Writes what changed. A domain that was switched less than its transition latency ago is left
   * for the next call.
   */
  @Override
  public int commit(long nowNanos) {
    int changed = 0;
    for (int d = 0; d < requested.length; d++) {
      if (requested[d] == applied[d]
          || (applied[d] != UNKNOWN && nowNanos - appliedNanos[d] < minimumNanos[d])) {
        continue;
      }
      if (taken[d] || !write(d, nowNanos)) {
        continue;
      }
      applied[d] = requested[d];
      appliedNanos[d] = nowNanos;
      changed++;
    }
    return changed;
  }

  /** Writes a domain's request; returns whether that was possible. */
  private boolean write(int domain, long nowNanos) {
    ClockWriter[] members = writers[domain];
    for (int m = 0; m < members.length; m++) {
      if (!running) {
        session.set(members[m], requested[domain], nowNanos);
        continue;
      }
      Optional<Disturbance> rival = session.offer(members[m], requested[domain], nowNanos);
      if (rival.isPresent()) {
        // The clock is left to whoever took it: two that write in turn help nobody.
        note(rival.get());
        taken[domain] = true;
        return false;
      }
    }
    return true;
  }

  /** Returns the OPP index last written to a domain, or {@link Board#UNKNOWN}. */
  int applied(int domain) {
    return applied[domain];
  }

  /** Waits until every clock reads as written; returns whether all do within the deadline. */
  boolean awaitClocks() {
    boolean all = true;
    for (ClockWriter[] members : writers) {
      for (ClockWriter member : members) {
        all &= member.awaitClock();
      }
    }
    return all;
  }

  /** Looks for caps and rivals, if it is time to. Call it when nothing is waiting. */
  void look(long nowNanos) {
    if (nowNanos - nextLookNanos < 0) {
      return;
    }
    boolean trouble = false;
    for (ClockWriter[] members : writers) {
      for (ClockWriter member : members) {
        Optional<Disturbance> found = member.check();
        if (found.isPresent()) {
          trouble = true;
          note(found.get());
          if (found.get().trouble() == Trouble.DEAF) {
            throw session.stop(found.get().text());
          }
        }
      }
    }
    trouble |= slept(nowNanos);
    nextLookNanos = clock.nanoTime() + (trouble ? TROUBLED_NANOS : LOOK_NANOS);
  }

  /** The monotonic clock stands still while the machine sleeps, the uptime does not. */
  private boolean slept(long nowNanos) {
    String text = sysfs.firstLine("/proc/uptime", "").split(" ", -1)[0];
    if (!text.matches("[0-9]{1,12}(\\.[0-9]+)?")) {
      return false;
    }
    double uptime = Double.parseDouble(text);
    double gap = uptime - uptimeSeconds - (nowNanos - uptimeNanos) * 1e-9;
    boolean slept = !Double.isNaN(uptimeSeconds) && gap > 1;
    uptimeSeconds = uptime;
    uptimeNanos = nowNanos;
    if (slept) {
      contested = true;
      troubles.merge("contested: the machine slept during the run.", 1, Integer::sum);
    }
    return slept;
  }

  private void note(Disturbance found) {
    boolean foreign = found.trouble() == Trouble.FOREIGN;
    String text = found.text();
    if (foreign) {
      contested = true;
      List<String> rivals = Rivals.running(sysfs);
      text =
          "contested: "
              + text
              + (rivals.isEmpty()
                  ? " No program known to do so is running."
                  : " Running are " + String.join(", ", rivals) + ".");
    }
    troubles.merge(text, 1, Integer::sum);
  }

  /** Returns whether somebody else wrote: the run says nothing. */
  boolean contested() {
    return contested;
  }

  /** Returns what disturbed, a sentence each with how often it was seen. */
  List<String> troubles() {
    List<String> sentences = new ArrayList<>();
    troubles.forEach(
        (text, times) -> sentences.add(times == 1 ? text : text + " (seen " + times + " times)"));
    return sentences;
  }

  /**
   * A run begins: forgets what disturbed. From now on a clock that somebody else takes is left to
   * them, and the run is contested.
   */
  void begin() {
    running = true;
    Arrays.fill(taken, false);
    troubles.clear();
    contested = false;
    nextLookNanos = clock.nanoTime();
    uptimeSeconds = Double.NaN;
  }

  /** The run has ended: looks once more, whether it is time to or not. */
  void end() {
    running = false;
    nextLookNanos = clock.nanoTime();
    look(nextLookNanos);
  }
}
