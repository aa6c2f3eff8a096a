package io.neurobalancer.simulator;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.simulator.engine.DeviceModel;
import io.neurobalancer.simulator.engine.Engine;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.OperatorCosts;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.physics.WeatherField;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * A device that is computed from its description. It is measured like a real one, run by run,
 * through a clock and a meter that are not exact; the weather of profiling is of the same kind as
 * that of the jobs, but another draw. Every run meets the same weather, whatever the governor.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class SimulatedTarget implements Target {

  private static final double CLOCK_RESOLUTION_SECONDS = 1e-6;
  private static final double METER_SIGMA = 0.02;
  private static final int READINGS = 25;
  private static final double TIMER_NOISE_SECONDS = 2e-6;
  private static final double IDLE_METER_SIGMA = 0.05;

  private static final long METER_FAULT = 0x9E3779B97F4A7C15L;

  private final DeviceDescription description;
  private final List<Stream> streams;
  private final List<DevicePhysics> physics;
  private final Weather weather;
  private final long seed;
  private final WeatherField profilingWeather;
  private final SplittableRandom meter;
  private int runs;
  private double lastReading;

  /**
   * Creates a device.
   *
   * @param streams what runs on it, at least one
   * @param threads how many cores each inference uses
   * @param seed of the weather, the clock and the meter
   */
  public SimulatedTarget(
      DeviceDescription description,
      List<Stream> streams,
      int threads,
      Weather weather,
      long seed) {
    this.description = description;
    this.streams = List.copyOf(streams);
    this.physics =
        this.streams.stream()
            .map(stream -> new DevicePhysics(description, stream.workload(), threads))
            .toList();
    this.weather = weather;
    this.seed = seed;
    SplittableRandom seeds = new SplittableRandom(seed ^ 0x9E0F11EL);
    this.profilingWeather = new WeatherField(weather.ofProfiling(), seeds.nextLong());
    this.meter = seeds.split();
  }

  /** Creates a device that runs one workload, interruptible before every operator. */
  public static SimulatedTarget of(
      DeviceDescription description, Workload workload, int threads, Weather weather, long seed) {
    return new SimulatedTarget(description, List.of(Stream.of(workload)), threads, weather, seed);
  }

  @Override
  public DeviceIdentity identity() {
    return new DeviceIdentity(
        "sim:" + description.name(),
        description.title(),
        description.hash(),
        DeviceIdentity.Origin.SIMULATED);
  }

  /** Returns what describes the device. */
  public DeviceDescription description() {
    return description;
  }

  /** Returns the device as baselines see it. */
  public Hardware hardware() {
    return new Hardware(
        description.name(),
        description.kind() == DeviceDescription.Kind.GPU
            ? GovernorInfo.Hardware.GPU
            : GovernorInfo.Hardware.CPU,
        grid(),
        Hardware.first(grid(), FrequencyDomain.Kind.CORE),
        Hardware.first(grid(), FrequencyDomain.Kind.MEMORY),
        description.cores().count(),
        description.memory().bytesPerClock(),
        description.stockCore(),
        description.stockMemory());
  }

  /** Returns the truth about a stream, for oracles and bounds only. */
  public DevicePhysics physics(int stream) {
    return physics.get(stream);
  }

  /** Returns what disturbs the device. */
  public Weather weather() {
    return weather;
  }

  /** Returns the seed of the weather. */
  public long seed() {
    return seed;
  }

  /** Returns the device in the weather of its runs, for oracles and bounds only. */
  public DeviceModel model() {
    return new PhysicsModel(physics, streams, weather, seed);
  }

  /** Returns the same device under another seed. */
  public SimulatedTarget withSeed(long otherSeed) {
    return new SimulatedTarget(description, streams, physics.get(0).threads(), weather, otherSeed);
  }

  @Override
  public SettingGrid grid() {
    return physics.get(0).grid();
  }

  @Override
  public List<Stream> streams() {
    return streams;
  }

  @Override
  public Samples.Run measure(int stream, int setting) {
    DevicePhysics truth = physics.get(stream);
    int run = runs++;
    OperatorCosts costs =
        profilingWeather.crowded(run) ? truth.costs(weather.ofProfiling().crowd()) : truth.costs();
    int operators = truth.workload().size();
    double[] latency = new double[operators];
    double[] energy = new double[operators];
    for (int i = 0; i < operators; i++) {
      double stall = profilingWeather.stallSeconds(run, i);
      double seconds = costs.seconds(i, setting) * profilingWeather.factor(run, i);
      double joules = seconds * costs.watts(i, setting) + stall * truth.stallWatts(setting);
      double shown = (seconds + stall + jitter()) * weather.faults().timerFactor();
      double read = Math.round(shown / CLOCK_RESOLUTION_SECONDS) * CLOCK_RESOLUTION_SECONDS;
      latency[i] = Math.max(read, CLOCK_RESOLUTION_SECONDS / 2);
      energy[i] = Math.max(0, reading(joules, setting));
    }
    return new Samples.Run(setting, latency, energy);
  }

  /** What the meter shows of an energy, joules. */
  private double reading(double joules, int setting) {
    double shown = joules * (1 + METER_SIGMA * meter.nextGaussian());
    Weather.Faults faults = weather.faults();
    if (faults.meterSpread() > 0) {
      double off = 2 * new SplittableRandom(seed ^ (METER_FAULT * (setting + 1))).nextDouble() - 1;
      shown *= 1 + faults.meterSpread() * off;
    }
    if (faults.stuckReadings() > 0 && meter.nextDouble() < faults.stuckReadings()) {
      return lastReading;
    }
    lastReading = shown;
    return shown;
  }

  /** Reading the clock twice: a fraction of a microsecond, never early. */
  private double jitter() {
    return 2e-7 * meter.nextDouble();
  }

  @Override
  public Calibration calibrate() {
    SplittableRandom noise = new SplittableRandom(seed ^ 0xFAC75L);
    DevicePhysics truth = physics.get(0);
    DeviceModel model = model();
    List<SwitchCost> costs = new ArrayList<>();
    for (SwitchCost cost : truth.switchCosts().perDomain()) {
      costs.add(
          SwitchCost.symmetric(
              mean(() -> cost.upSeconds() + TIMER_NOISE_SECONDS * noise.nextDouble()),
              mean(() -> cost.upJoules() * (1 + IDLE_METER_SIGMA * noise.nextGaussian()))));
    }
    List<List<Double>> idle = new ArrayList<>();
    for (int s = 0; s < model.idleStates().size(); s++) {
      List<Double> readings = new ArrayList<>();
      for (int x = 0; x < grid().size(); x++) {
        double watts = truth.idleWatts(s, x);
        readings.add(mean(() -> watts * (1 + IDLE_METER_SIGMA * noise.nextGaussian())));
      }
      idle.add(readings);
    }
    List<IdleState> states = new ArrayList<>(model.idleStates());
    for (int s = states.size() - 1; s >= 0; s--) {
      IdleState state = states.get(s);
      double wake = mean(() -> state.wakeSeconds() + TIMER_NOISE_SECONDS * noise.nextDouble());
      states.set(
          s,
          new IdleState(state.name(), state.entrySeconds(), wake, state.minimumResidencySeconds()));
    }
    List<Double> settle = new ArrayList<>();
    for (int d = 0; d < grid().dimensions(); d++) {
      settle.add(model.settleSeconds(d));
    }
    String timer = "simulated timer, %d readings".formatted(READINGS);
    return new Calibration(
        new SwitchCosts(costs),
        settle,
        states,
        idle,
        Map.of(
            "switch",
            timer,
            "settle",
            "device description",
            "wake",
            timer,
            "idle",
            "simulated meter, %d readings".formatted(READINGS)));
  }

  private static double mean(DoubleSupplier reading) {
    double sum = 0;
    for (int r = 0; r < READINGS; r++) {
      sum += reading.getAsDouble();
    }
    return sum / READINGS;
  }

  @Override
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    return new Engine(model(), governor, schedule, observer).run();
  }

  @Override
  public void close() {}
}
