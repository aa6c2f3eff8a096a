package io.neurobalancer.simulator;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.Actuator;
import io.neurobalancer.governor.EnergyMeter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.WeatherField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Runs periodic jobs on a simulated device under one governor, event by event over virtual time.
 *
 * <p>An operator in progress goes on at the new speed when a clock changes: what is tracked is the
 * share of it that is left. A switch stalls the cores and costs a fixed energy; a further switch of
 * the same clock waits until the clock has settled. After a gap of at least the idle state's
 * minimum residency a job begins with the time that waking takes. A job that overruns its period
 * delays the next, whose release stays where it was.
 */
final class Engine implements Machine, Actuator, EnergyMeter, LoadMeter {

  private final DevicePhysics physics;
  private final SettingGrid grid;
  private final SwitchCosts switchCosts;
  private final DeviceProfile profile;
  private final Governor governor;
  private final int[] requested;
  private final int[] current;
  private final int[] stride;
  private final double[] settledAt;
  private final int[] highest;

  private int setting;
  private double now;
  private double nextTick;
  private double standstill;
  private double joules;
  private long switches;
  private double celsius;
  private double busySeconds;
  private double cycles;
  private double stalledCycles;
  private double instructions;
  private double dramBytes;

  private int tracedJob = -1;
  private double tracedRelease;
  private boolean tracing;
  private final List<RunResult.Clock> clocks = new ArrayList<>();
  private final List<RunResult.Interval> intervals = new ArrayList<>();

  Engine(DevicePhysics physics, Governor governor) {
    this.physics = physics;
    this.governor = governor;
    this.grid = physics.grid();
    this.profile = physics.profile();
    this.switchCosts = physics.switchCosts();
    int domains = grid.dimensions();
    requested = new int[domains];
    current = new int[domains];
    stride = new int[domains];
    settledAt = new double[domains];
    highest = new int[domains];
    for (int d = 0; d < domains; d++) {
      stride[d] = grid.stride(d);
      highest[d] = grid.domains().get(d).opps().size() - 1;
    }
    celsius = profile.thermal().ambientCelsius();
  }

  /** Runs jobs and returns what happened. */
  RunResult run(
      WeatherField weather, double deadlineSeconds, double periodSeconds, int jobs, int traced) {
    tracedJob = traced;
    double[] response = new double[jobs];
    governor.start(0, this);
    nextTick = governor.nextTickNanos() * 1e-9;
    // The governor settles on an idle device for one period before the first release.
    double release = periodSeconds;
    idleUntil(release);
    double idleSince = 0;
    double energyBefore = joules;
    long switchesBefore = switches;
    for (int j = 0; j < jobs; j++) {
      release = (j + 1) * periodSeconds;
      double energyAtRelease = joules;
      double start = now;
      beginTrace(j, release);
      governor.jobReleased(nanos(), nanos(release + deadlineSeconds));
      refreshTick();
      if (now - idleSince >= profile.idle().minimumResidencySeconds()) {
        standFor(profile.idle().wakeSeconds());
      }
      runOperators(weather, j);
      governor.jobFinished(nanos());
      refreshTick();
      tracing = false;
      response[j] = now - release;
      idleSince = now;
      idleUntil((j + 2) * periodSeconds);
      warm((joules - energyAtRelease) / Math.max(1e-9, now - start), now - start);
    }
    return new RunResult(
        governor.name(),
        deadlineSeconds,
        joules - energyBefore,
        switches - switchesBefore,
        response,
        new RunResult.Trace(traced, clocks, intervals));
  }

  private void runOperators(WeatherField weather, int job) {
    int operators = physics.workload().size();
    double leakage = physics.leakageFactor(celsius) - 1;
    for (int i = 0; i < operators; i++) {
      governor.operatorStarting(i, nanos());
      refreshTick();
      double began = now;
      double factor = weather.factor(job, i);
      standFor(weather.stallSeconds(job, i));
      double left = 1;
      while (left > 0) {
        switchClocks(true);
        if (standstill > 0) {
          double pause = standstill;
          standstill = 0;
          passStandstill(pause);
          continue;
        }
        double whole = physics.seconds(i, setting) * factor;
        double span = left * whole;
        double until = nextEvent();
        boolean ends = now + span <= until;
        if (!ends) {
          span = Math.max(0, until - now);
        }
        double share = Math.min(left, span / whole);
        work(i, span, share, leakage);
        now = ends ? now + span : Math.max(now, until);
        left = ends ? 0 : left - share;
        if (!ends) {
          tickIfDue();
        }
      }
      if (tracing) {
        intervals.add(new RunResult.Interval(began - tracedRelease, now - tracedRelease));
      }
    }
  }

  private void work(int operator, double span, double share, double leakage) {
    joules +=
        span * (physics.watts(operator, setting) + leakage * physics.coreWatts(operator, setting));
    double clock = grid.frequency(setting, DeviceProfile.CORE).hertz() * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock * physics.stalledShare(operator, setting);
    instructions += share * physics.instructions(operator);
    dramBytes += share * physics.trafficBytes(operator);
  }

  /** The cores stand still for so long, whatever the clocks; governors tick meanwhile. */
  private void standFor(double seconds) {
    double end = now + seconds;
    while (now < end) {
      switchClocks(true);
      double until = Math.min(end, nextEvent());
      double span = Math.max(0, until - now);
      joules += span * physics.stallWatts(setting);
      countStalled(span);
      now = until;
      tickIfDue();
    }
  }

  /** The cores stand still because a clock switches; the switch's own energy is paid already. */
  private void passStandstill(double seconds) {
    double end = now + seconds;
    while (now < end) {
      double until = Math.min(end, Math.max(now, nextTick));
      countStalled(until - now);
      now = until;
      tickIfDue();
    }
  }

  private void countStalled(double span) {
    double clock = grid.frequency(setting, DeviceProfile.CORE).hertz() * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock;
  }

  private void idleUntil(double end) {
    while (now < end) {
      switchClocks(false);
      double until = Math.min(end, nextEvent());
      joules += Math.max(0, until - now) * physics.idleWatts(setting);
      now = Math.max(now, until);
      tickIfDue();
    }
    standstill = 0;
  }

  /** Lets every clock that was asked to change and has settled do so. */
  private void switchClocks(boolean running) {
    for (int d = 0; d < current.length; d++) {
      int wanted = Math.min(requested[d], highest[d]);
      if (wanted != current[d] && now >= settledAt[d]) {
        double stall = switchCosts.domain(d).seconds(current[d], wanted);
        joules += switchCosts.domain(d).joules(current[d], wanted);
        standstill += running ? stall : 0;
        setting += (wanted - current[d]) * stride[d];
        current[d] = wanted;
        settledAt[d] = now + transition(d).settleSeconds();
        switches++;
        if (tracing) {
          clocks.add(new RunResult.Clock(now - tracedRelease, setting));
        }
      }
    }
  }

  private DeviceProfile.Transition transition(int domain) {
    return domain == DeviceProfile.CORE ? profile.coreTransition() : profile.memoryTransition();
  }

  private double nextEvent() {
    double next = nextTick;
    for (int d = 0; d < current.length; d++) {
      if (Math.min(requested[d], highest[d]) != current[d]) {
        next = Math.min(next, Math.max(now, settledAt[d]));
      }
    }
    return next;
  }

  private void tickIfDue() {
    while (now >= nextTick) {
      double before = nextTick;
      governor.tick(nanos());
      refreshTick();
      if (nextTick <= before) {
        throw new IllegalStateException(
            "The governor %s asks for a tick at %s s again.".formatted(governor.name(), before));
      }
    }
  }

  private void refreshTick() {
    long nanos = governor.nextTickNanos();
    nextTick = nanos == Governor.NEVER ? Double.POSITIVE_INFINITY : nanos * 1e-9;
  }

  private void beginTrace(int job, double release) {
    tracing = job == tracedJob;
    if (tracing) {
      tracedRelease = release;
      clocks.add(new RunResult.Clock(0, setting));
    }
  }

  /**
   * First-order response of the die's temperature to a power held for some time, and the cap above
   * it.
   */
  private void warm(double watts, double seconds) {
    DeviceProfile.Thermal thermal = profile.thermal();
    double target = thermal.ambientCelsius() + thermal.kelvinPerWatt() * watts;
    celsius += (target - celsius) * (1 - Math.exp(-seconds / thermal.timeConstantSeconds()));
    int most = grid.domains().get(DeviceProfile.CORE).opps().size() - 1;
    if (celsius > thermal.capCelsius()) {
      highest[DeviceProfile.CORE] = Math.max(0, highest[DeviceProfile.CORE] - 1);
    } else if (celsius < thermal.capCelsius() - 2) {
      highest[DeviceProfile.CORE] = Math.min(most, highest[DeviceProfile.CORE] + 1);
    }
  }

  private long nanos() {
    return nanos(now);
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  double celsius() {
    return celsius;
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public Actuator actuator() {
    return this;
  }

  @Override
  public LoadMeter loadMeter() {
    return this;
  }

  @Override
  public EnergyMeter energyMeter() {
    return this;
  }

  @Override
  public void request(int domain, int oppIndex) {
    requested[domain] = Objects.checkIndex(oppIndex, grid.domains().get(domain).opps().size());
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int current(int domain) {
    return current[domain];
  }

  @Override
  public OptionalDouble dieCelsius() {
    return OptionalDouble.of(celsius);
  }

  @Override
  public double energyJoules() {
    return joules;
  }

  @Override
  public String source() {
    return "simulated";
  }

  @Override
  public int activeCores() {
    return physics.threads();
  }

  @Override
  public long busyNanos() {
    return nanos(busySeconds);
  }

  @Override
  public double instructions() {
    return instructions;
  }

  @Override
  public double cycles() {
    return cycles;
  }

  @Override
  public double stalledCycles() {
    return stalledCycles;
  }

  @Override
  public double cacheMisses() {
    return dramBytes / 64 / physics.threads();
  }

  @Override
  public double dramBytes() {
    return dramBytes;
  }

  @Override
  public String toString() {
    return "Engine at " + now + " s, " + Arrays.toString(current);
  }
}
