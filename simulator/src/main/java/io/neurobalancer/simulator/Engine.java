package io.neurobalancer.simulator;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Actuator;
import io.neurobalancer.governor.EnergyMeter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.OperatorCosts;
import io.neurobalancer.simulator.physics.Weather;
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
 * the same clock waits until the clock has settled.
 *
 * <p>Between jobs the cores rest in the deepest idle state whose minimum residency fits the gap:
 * the next release is a timer, so its length is known. Entering and leaving cost the power of
 * standing still for as long as they take, and leaving delays the job. A job that overruns its
 * period delays the next, whose release stays where it was.
 *
 * <p>The die's temperature answers power as a first-order system and is looked at ten times a
 * second, as a thermal zone is polled: above the cap the fastest core clock left is taken away, two
 * kelvin below it one is given back.
 */
final class Engine implements Machine, Actuator, EnergyMeter, LoadMeter {

  private static final double THERMAL_POLL_SECONDS = 0.1;
  private static final double THERMAL_HYSTERESIS_KELVIN = 2;

  private final DevicePhysics physics;
  private final SettingGrid grid;
  private final SwitchCosts switchCosts;
  private final DeviceDescription profile;
  private final Governor governor;
  private final OperatorCosts alone;
  private final OperatorCosts crowded;
  private final double ambientCelsius;
  private final double[] coreHertz;
  private final int[] requested;
  private final int[] current;
  private final int[] stride;
  private final double[] settledAt;
  private final int[] highest;

  private OperatorCosts costs;
  private int setting;
  private double now;
  private double nextTick;
  private double nextThermal = THERMAL_POLL_SECONDS;
  private double standstill;
  private double joules;
  private long switches;
  private double celsius;
  private double leakage;
  private double thermalJoules;
  private double thermalSince;
  private double busySeconds;
  private double cycles;
  private double stalledCycles;
  private double instructions;
  private double dramBytes;

  private int tracedJob = -1;
  private double tracedRelease;
  private double tracedResponse;
  private boolean tracing;
  private final List<RunResult.Clock> clocks = new ArrayList<>();
  private final List<RunResult.Interval> intervals = new ArrayList<>();

  Engine(DevicePhysics physics, Governor governor, Weather weather) {
    this.physics = physics;
    this.governor = governor;
    this.grid = physics.grid();
    this.profile = physics.profile();
    this.switchCosts = physics.switchCosts();
    this.alone = physics.costs();
    this.crowded = physics.costs(weather.crowd());
    this.costs = alone;
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
    coreHertz = new double[grid.size()];
    for (int x = 0; x < coreHertz.length; x++) {
      coreHertz[x] = grid.frequency(x, DeviceDescription.CORE).hertz();
    }
    ambientCelsius = profile.thermal().ambientCelsius() + weather.warmerKelvin();
    celsius = ambientCelsius;
    leakage = physics.leakageFactor(celsius) - 1;
  }

  /** Runs jobs and returns what happened in those after the first few; traces the middle one. */
  RunResult run(
      WeatherField weather,
      double deadlineSeconds,
      double periodSeconds,
      int warmUpJobs,
      int jobs,
      Experiment.Observer observer) {
    int traced = jobs / 2;
    tracedJob = warmUpJobs + traced;
    Responses responses = new Responses(deadlineSeconds);
    governor.start(0, this);
    nextTick = governor.nextTickNanos() * 1e-9;
    // The governor settles on an idle device for one period before the first release.
    double wake = idleUntil(periodSeconds);
    double energyBefore = joules;
    long switchesBefore = switches;
    for (int j = 0; j < warmUpJobs + jobs; j++) {
      if (j == warmUpJobs) {
        energyBefore = joules;
        switchesBefore = switches;
      }
      double release = (j + 1) * periodSeconds;
      double energyAtStart = joules;
      costs = weather.crowded(j) ? crowded : alone;
      beginTrace(j, release);
      governor.jobReleased(nanos(), nanos(release + deadlineSeconds));
      refreshTick();
      standFor(wake);
      runOperators(weather, j);
      governor.jobFinished(nanos());
      refreshTick();
      double response = now - release;
      if (tracing) {
        tracedResponse = response;
      }
      tracing = false;
      wake = idleUntil((j + 2) * periodSeconds);
      if (j >= warmUpJobs) {
        responses.add(response);
        observer.jobDone(j - warmUpJobs, response, joules - energyAtStart);
      }
    }
    return new RunResult(
        governor.name(),
        responses,
        joules - energyBefore,
        switches - switchesBefore,
        new RunResult.Trace(traced, tracedResponse, clocks, intervals));
  }

  private void runOperators(WeatherField weather, int job) {
    int operators = physics.workload().size();
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
        double whole = costs.seconds(i, setting) * factor;
        double span = left * whole;
        double until = nextEvent();
        boolean ends = now + span <= until;
        if (!ends) {
          span = Math.max(0, until - now);
        }
        double share = Math.min(left, span / whole);
        work(i, span, share);
        now = ends ? now + span : Math.max(now, until);
        left = ends ? 0 : left - share;
        if (!ends) {
          eventsDue();
        }
      }
      if (tracing) {
        intervals.add(new RunResult.Interval(began - tracedRelease, now - tracedRelease));
      }
    }
  }

  private void work(int operator, double span, double share) {
    joules +=
        span * (costs.watts(operator, setting) + leakage * costs.coreWatts(operator, setting));
    double clock = coreHertz[setting] * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock * costs.stalledShare(operator, setting);
    instructions += share * physics.instructions(operator);
    dramBytes +=
        share * physics.trafficBytes(operator) + span * costs.foreignBytesPerSecond(setting);
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
      joules += span * physics.stallWatts(setting);
      countStalled(span);
      now = until;
      eventsDue();
    }
  }

  /** The cores stand still because a clock switches; the switch's own energy is paid already. */
  private void passStandstill(double seconds) {
    double end = now + seconds;
    while (now < end) {
      double until = Math.min(end, Math.max(now, Math.min(nextTick, nextThermal)));
      countStalled(until - now);
      now = until;
      eventsDue();
    }
  }

  private void countStalled(double span) {
    double clock = coreHertz[setting] * span;
    busySeconds += span;
    cycles += clock;
    stalledCycles += clock;
  }

  /** Rests until the next release and returns how long waking will take then. */
  private double idleUntil(double end) {
    if (now >= end) {
      standstill = 0;
      return 0;
    }
    int state = profile.idleStates().indexOf(profile.idleState(end - now));
    double entered = Math.min(end, now + profile.idleStates().get(state).entrySeconds());
    while (now < end) {
      switchClocks(false);
      boolean entering = now < entered;
      double until = Math.min(entering ? entered : end, nextEvent());
      double watts = entering ? physics.stallWatts(setting) : physics.idleWatts(state, setting);
      joules += Math.max(0, until - now) * watts;
      now = Math.max(now, until);
      eventsDue();
    }
    standstill = 0;
    return profile.idleStates().get(state).wakeSeconds();
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

  private DeviceDescription.Transition transition(int domain) {
    return domain == DeviceDescription.CORE ? profile.coreTransition() : profile.memoryTransition();
  }

  private double nextEvent() {
    double next = Math.min(nextTick, nextThermal);
    for (int d = 0; d < current.length; d++) {
      if (Math.min(requested[d], highest[d]) != current[d]) {
        next = Math.min(next, Math.max(now, settledAt[d]));
      }
    }
    return next;
  }

  private void eventsDue() {
    while (now >= nextThermal) {
      pollThermalZone();
    }
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

  /** Follows the die's temperature since the last look, and moves the cap by a step. */
  private void pollThermalZone() {
    DeviceDescription.Thermal thermal = profile.thermal();
    double seconds = now - thermalSince;
    if (seconds > 0) {
      double watts = (joules - thermalJoules) / seconds;
      double target = ambientCelsius + thermal.kelvinPerWatt() * watts;
      celsius += (target - celsius) * -Math.expm1(-seconds / thermal.timeConstantSeconds());
    }
    thermalSince = now;
    thermalJoules = joules;
    nextThermal += THERMAL_POLL_SECONDS;
    leakage = physics.leakageFactor(celsius) - 1;
    int cap = highest[DeviceDescription.CORE];
    int most = profile.coreDomain().opps().size() - 1;
    if (celsius > thermal.capCelsius()) {
      highest[DeviceDescription.CORE] = Math.max(0, cap - 1);
    } else if (celsius < thermal.capCelsius() - THERMAL_HYSTERESIS_KELVIN) {
      highest[DeviceDescription.CORE] = Math.min(most, cap + 1);
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
