package io.neurobalancer.simulator.engine;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Rail;
import io.neurobalancer.target.LatencyHistogram;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs periodic jobs of one or more streams on a simulated device under one governor, event by
 * event over virtual time.
 *
 * <p>An operator in progress goes on at the new speed when a clock changes: what is tracked is the
 * share of it that is left. A switch stalls the cores and costs a fixed energy; a further switch of
 * the same clock waits until the clock has settled.
 *
 * <p>Between jobs the cores rest in the deepest idle state whose minimum residency fits the gap:
 * the next release is a timer, so its length is known. Entering and leaving cost the power of
 * standing still for as long as they take, and leaving delays the job. A job that overruns its
 * period delays the next of its stream, whose release stays where it was.
 *
 * <p>Of several streams, the job with the earliest deadline runs next, and is not interrupted
 * within a segment.
 */
public final class Engine implements Board {

  private static final List<Rail> RAILS = List.of(new Rail("device", "simulated", 0));

  private final DeviceModel device;
  private final SettingGrid grid;
  private final Governor governor;
  private final RunObserver observer;
  private final ClockDomains clocks;
  private final ThermalZone zone;
  private final double[] coreHertz;
  private final List<Job> jobs = new ArrayList<>();

  private double now;
  private double nextTick;
  private double standstill;
  private boolean running;
  private double joules;
  private double idleJoules;
  private double coreJoules;
  private double switchJoules;
  private double stallJoules;
  private long switches;
  private double leakage;
  private double busySeconds;
  private double cycles;
  private double stalledCycles;
  private double instructions;
  private double dramBytes;

  /** Where one stream is. */
  private static final class Job {
    private final int stream;
    private final DeviceModel.StreamModel model;
    private final Schedule.Periodic periodic;
    private final LatencyHistogram responses;
    private final int first;
    private int number;
    private double release;
    private boolean active;
    private int segment;
    private double joulesAtStart;

    Job(int stream, DeviceModel.StreamModel model, Schedule.Periodic periodic, int warmUpJobs) {
      this.stream = stream;
      this.model = model;
      this.periodic = periodic;
      this.responses = new LatencyHistogram(periodic.deadlineSeconds());
      this.first = -warmUpJobs;
      this.number = first;
      this.release = periodic.periodSeconds();
    }

    boolean waits() {
      return !active && number < periodic.jobs();
    }

    double deadline() {
      return release + periodic.deadlineSeconds();
    }

    /** Returns the job's number in the weather of the stream, warm-up included. */
    int inWeather() {
      return number - first;
    }

    void next() {
      number++;
      release = (inWeather() + 1) * periodic.periodSeconds();
      active = false;
    }
  }

  /**
   * Puts a governor on an idle device.
   *
   * @param schedule one entry per stream of the device
   */
  public Engine(
      DeviceModel device, Governor.Factory factory, Schedule schedule, RunObserver observer) {
    this.device = device;
    this.observer = observer;
    this.grid = device.grid();
    this.clocks = new ClockDomains(device);
    this.zone = new ThermalZone(device.thermal(), clocks);
    this.leakage = device.extraLeakage(zone.celsius());
    coreHertz = new double[grid.size()];
    for (int x = 0; x < coreHertz.length; x++) {
      coreHertz[x] = grid.frequency(x, 0).hertz();
    }
    if (schedule.streams().size() != device.streams().size()) {
      throw new IllegalArgumentException(
          "A schedule of %d streams cannot run on a device with %d."
              .formatted(schedule.streams().size(), device.streams().size()));
    }
    for (int s = 0; s < device.streams().size(); s++) {
      jobs.add(
          new Job(s, device.streams().get(s), schedule.streams().get(s), schedule.warmUpJobs()));
    }
    this.governor = factory.on(this, 0);
    refreshTick();
  }

  /** Runs all jobs and returns what happened in those after the warm-up. */
  public RunResult run() {
    // The governor settles on an idle device for one period before the first release.
    double wake = idleUntil(nextRelease());
    boolean counting = false;
    double[] before = new double[4];
    long switchesBefore = 0;
    while (true) {
      if (!counting && warmedUp()) {
        counting = true;
        before = energies();
        switchesBefore = switches;
      }
      wake = admit(wake);
      @Nullable Job job = earliestDeadline();
      if (job == null) {
        double until = nextRelease();
        if (Double.isInfinite(until)) {
          until = jobs.stream().mapToDouble(j -> j.release).max().orElse(now);
          idleUntil(until);
          break;
        }
        wake = idleUntil(until);
        continue;
      }
      runSegment(job);
      if (job.segment == job.model.stream().segments()) {
        finish(job);
      }
    }
    double[] after = energies();
    Map<String, Double> bySource = new LinkedHashMap<>();
    // The cores' part of what operators burn is known where the device tells it.
    boolean split = after[4] > before[4];
    String[] names = {
      split ? "memory and chip" : "operators", "standing still", "switches", "idle", "cores"
    };
    double total = joules - before[0];
    double parts = 0;
    for (int p = 1; p < names.length; p++) {
      parts += after[p] - before[p];
    }
    if (split) {
      bySource.put(names[4], after[4] - before[4]);
    }
    bySource.put(names[0], total - parts);
    for (int p = 1; p < 4; p++) {
      bySource.put(names[p], after[p] - before[p]);
    }
    return new RunResult(
        jobs.stream().map(job -> job.responses).toList(),
        total,
        Double.isNaN(total) ? Map.of() : bySource,
        switches - switchesBefore,
        List.of());
  }

  /** Whether the next job to be released is the first one that counts. */
  private boolean warmedUp() {
    boolean due = false;
    for (Job job : jobs) {
      if (job.number < 0) {
        return false;
      }
      due |= job.waits() && job.release <= now;
    }
    return due;
  }

  private double[] energies() {
    return new double[] {joules, stallJoules, switchJoules, idleJoules, coreJoules};
  }

  /** Starts every job that is released and returns the wake-up that is still to be waited for. */
  private double admit(double wake) {
    double waiting = wake;
    for (Job job : jobs) {
      if (job.waits() && job.release <= now) {
        job.active = true;
        job.segment = 0;
        job.joulesAtStart = joules;
        observer.released(job.stream, job.number, job.release, job.periodic.deadlineSeconds());
        governor.released(job.stream, nanos(now), nanos(job.deadline()));
        refreshTick();
        standFor(waiting);
        waiting = 0;
      }
    }
    return waiting;
  }

  private @Nullable Job earliestDeadline() {
    @Nullable Job earliest = null;
    for (Job job : jobs) {
      if (job.active && (earliest == null || job.deadline() < earliest.deadline())) {
        earliest = job;
      }
    }
    return earliest;
  }

  private double nextRelease() {
    double next = Double.POSITIVE_INFINITY;
    for (Job job : jobs) {
      if (job.waits()) {
        next = Math.min(next, job.release);
      }
    }
    return next;
  }

  private void finish(Job job) {
    governor.finished(job.stream, nanos(now));
    refreshTick();
    double response = now - job.release;
    observer.finished(job.stream, job.number, response, joules - job.joulesAtStart);
    if (job.number >= 0) {
      job.responses.add(response);
    }
    job.next();
    standstill = 0;
  }

  private void runSegment(Job job) {
    governor.segmentStarting(job.stream, job.segment, nanos(now));
    refreshTick();
    double began = now;
    int end = job.model.stream().endOperator(job.segment);
    DeviceModel.OperatorModel costs = job.model.costs(job.inWeather());
    for (int i = job.model.stream().firstOperator(job.segment); i < end; i++) {
      runOperator(job, costs, i);
    }
    observer.segment(job.stream, job.number, job.segment, began, now);
    job.segment++;
  }

  private void runOperator(Job job, DeviceModel.OperatorModel costs, int i) {
    double factor = job.model.factor(job.inWeather(), i);
    standFor(job.model.stallSeconds(job.inWeather(), i));
    double left = 1;
    while (left > 0) {
      switchClocks(true);
      if (standstill > 0) {
        double pause = standstill;
        standstill = 0;
        passStandstill(pause);
        continue;
      }
      double whole = costs.seconds(i, clocks.setting()) * factor;
      double span = left * whole;
      double until = nextEvent();
      boolean ends = now + span <= until;
      if (!ends) {
        span = Math.max(0, until - now);
      }
      double share = Math.min(left, span / whole);
      work(job.model, costs, i, span, share);
      now = ends ? now + span : Math.max(now, until);
      left = ends ? 0 : left - share;
      if (!ends) {
        eventsDue();
      }
    }
  }

  private void work(
      DeviceModel.StreamModel model,
      DeviceModel.OperatorModel costs,
      int operator,
      double span,
      double share) {
    int setting = clocks.setting();
    double cores = costs.coreWatts(operator, setting);
    joules += span * (costs.watts(operator, setting) + leakage * cores);
    coreJoules += span * (1 + leakage) * cores;
    double clock = coreHertz[setting] * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock * costs.stalledShare(operator, setting);
    instructions += share * model.instructions(operator);
    dramBytes += share * model.trafficBytes(operator) + span * costs.foreignBytesPerSecond(setting);
  }

  /** The cores stand still for so long, whatever the clocks; governors tick meanwhile. */
  private void standFor(double seconds) {
    if (seconds <= 0) {
      return;
    }
    double end = now + seconds;
    while (now < end) {
      switchClocks(true);
      double until = Math.min(end, nextEvent());
      double span = Math.max(0, until - now);
      double burned = span * device.stallWatts(clocks.setting());
      joules += burned;
      stallJoules += burned;
      countStalled(span);
      now = until;
      eventsDue();
    }
  }

  /** The cores stand still because a clock switches; the switch's own energy is paid already. */
  private void passStandstill(double seconds) {
    double end = now + seconds;
    while (now < end) {
      double until = Math.min(end, Math.max(now, Math.min(nextTick, zone.nextPoll())));
      countStalled(until - now);
      now = until;
      eventsDue();
    }
  }

  private void countStalled(double span) {
    double clock = coreHertz[clocks.setting()] * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock;
  }

  /** Rests until the next release and returns how long waking will take then. */
  private double idleUntil(double end) {
    standstill = 0;
    if (now >= end) {
      return 0;
    }
    double began = now;
    double before = joules;
    int state = device.idleState(end - now);
    IdleState idle = device.idleStates().get(state);
    double entered = Math.min(end, now + idle.entrySeconds());
    while (now < end) {
      switchClocks(false);
      boolean entering = now < entered;
      double until = Math.min(entering ? entered : end, nextEvent());
      double watts =
          entering
              ? device.stallWatts(clocks.setting())
              : device.idleWatts(state, clocks.setting());
      double burned = Math.max(0, until - now) * watts;
      joules += burned;
      idleJoules += burned;
      now = Math.max(now, until);
      eventsDue();
    }
    standstill = 0;
    observer.idle(began, now, joules - before);
    return idle.wakeSeconds();
  }

  private void switchClocks(boolean whileRunning) {
    running = whileRunning;
    clocks.advance(now, this::switched);
  }

  private void switched(int domain, int opp, double stallSeconds, double burned) {
    joules += burned;
    switchJoules += burned;
    standstill += running ? stallSeconds : 0;
    switches++;
    observer.clock(domain, opp, now);
  }

  private double nextEvent() {
    return Math.min(Math.min(nextTick, zone.nextPoll()), clocks.nextSwitch(now));
  }

  private void eventsDue() {
    while (now >= zone.nextPoll()) {
      zone.poll(now, joules);
      leakage = device.extraLeakage(zone.celsius());
    }
    while (now >= nextTick) {
      double before = nextTick;
      governor.tick(nanos(now));
      refreshTick();
      if (nextTick <= before) {
        throw new IllegalStateException(
            "The governor %s asks for a tick at %s s again.".formatted(governor, before));
      }
    }
  }

  private void refreshTick() {
    long nanos = governor.nextTickNanos();
    nextTick = nanos == Governor.NEVER ? Double.POSITIVE_INFINITY : nanos * 1e-9;
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public void request(int domain, int opp) {
    clocks.request(domain, opp);
  }

  @Override
  public int requested(int domain) {
    return clocks.requested(domain);
  }

  @Override
  public int actual(int domain) {
    return clocks.current(domain);
  }

  @Override
  public int activeCores() {
    return device.activeCores();
  }

  @Override
  public double counter(Counter counter) {
    return switch (counter) {
      case BUSY_NANOS -> nanos(busySeconds);
      case CYCLES -> cycles;
      case INSTRUCTIONS -> device.countsWork() ? instructions : Double.NaN;
      case STALLED_CYCLES -> device.countsWork() ? stalledCycles : Double.NaN;
      case CACHE_MISSES -> device.countsWork() ? dramBytes / 64 / device.activeCores() : Double.NaN;
      case DRAM_BYTES -> device.countsWork() ? dramBytes : Double.NaN;
    };
  }

  @Override
  public List<Rail> rails() {
    return RAILS;
  }

  @Override
  public double joules(int rail) {
    return joules;
  }

  @Override
  public double celsius() {
    return zone.celsius();
  }

  @Override
  public String toString() {
    return "Engine at " + now + " s, " + grid.describe(clocks.setting());
  }
}
