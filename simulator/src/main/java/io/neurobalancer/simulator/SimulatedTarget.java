package io.neurobalancer.simulator;

import io.neurobalancer.cost.ProfilingTarget;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.OperatorCosts;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.physics.WeatherField;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Lets a simulated device be profiled like a real one: run by run, through a clock and a meter that
 * are not exact. The weather of profiling is of the same kind as that of the jobs, but another
 * draw.
 */
public final class SimulatedTarget implements ProfilingTarget {

  private static final double CLOCK_RESOLUTION_SECONDS = 1e-6;
  private static final double METER_SIGMA = 0.02;

  private final DevicePhysics physics;
  private final OperatorCosts crowded;
  private final WeatherField weather;
  private final SplittableRandom meter;
  private int runs;

  /** Creates a target whose weather and meter follow a seed. */
  public SimulatedTarget(DevicePhysics physics, Weather weather, long seed) {
    this.physics = physics;
    this.crowded = physics.costs(weather.crowd());
    SplittableRandom seeds = new SplittableRandom(seed ^ 0x9E0F11EL);
    this.weather = new WeatherField(weather, seeds.nextLong());
    this.meter = seeds.split();
  }

  @Override
  public SettingGrid grid() {
    return physics.grid();
  }

  @Override
  public List<String> operatorNames() {
    return physics.workload().operators().stream().map(Operator::name).toList();
  }

  @Override
  public List<OperatorSample> run(int setting) {
    int run = runs++;
    OperatorCosts costs = weather.crowded(run) ? crowded : physics.costs();
    List<OperatorSample> samples = new ArrayList<>();
    for (int i = 0; i < physics.workload().size(); i++) {
      double stall = weather.stallSeconds(run, i);
      double seconds = costs.seconds(i, setting) * weather.factor(run, i);
      double joules = seconds * costs.watts(i, setting) + stall * physics.stallWatts(setting);
      double read =
          Math.round((seconds + stall + jitter()) / CLOCK_RESOLUTION_SECONDS)
              * CLOCK_RESOLUTION_SECONDS;
      samples.add(
          new OperatorSample(
              Math.max(read, CLOCK_RESOLUTION_SECONDS / 2),
              Math.max(0, joules * (1 + METER_SIGMA * meter.nextGaussian()))));
    }
    return samples;
  }

  /** Reading the clock twice: a fraction of a microsecond, never early. */
  private double jitter() {
    return 2e-7 * meter.nextDouble();
  }
}
