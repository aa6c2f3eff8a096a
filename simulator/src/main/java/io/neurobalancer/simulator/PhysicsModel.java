package io.neurobalancer.simulator;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.engine.DeviceModel;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.OperatorCosts;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.physics.WeatherField;
import io.neurobalancer.target.Stream;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The equations of a described device in some weather, as the engine asks for them. */
final class PhysicsModel implements DeviceModel {

  private final List<DevicePhysics> physics;
  private final List<StreamModel> streams;
  private final DeviceDescription description;
  private final SettingGrid grid;
  private final SwitchCosts switchCosts;
  private final List<IdleState> idleStates;
  private final Thermal thermal;
  private final double failedSwitches;
  private final long seed;

  /**
   * Prepares one run.
   *
   * @param physics one per stream, all of one device
   * @param streams one per stream
   * @param seed of the weather
   */
  PhysicsModel(List<DevicePhysics> physics, List<Stream> streams, Weather weather, long seed) {
    this.physics = physics;
    this.failedSwitches = weather.faults().failedSwitches();
    this.seed = seed;
    DevicePhysics any = physics.get(0);
    this.description = any.profile();
    this.grid = any.grid();
    this.switchCosts = any.switchCosts();
    this.idleStates = description.idleStates();
    this.thermal =
        new Thermal(
            description.thermal().ambientCelsius() + weather.warmerKelvin(),
            description.thermal().kelvinPerWatt(),
            description.thermal().timeConstantSeconds(),
            description.thermal().capCelsius(),
            description.domain(DeviceDescription.Role.CORE).orElseThrow());
    this.streams =
        IntStream.range(0, streams.size())
            .<StreamModel>mapToObj(
                s -> new PhysicsStream(physics.get(s), streams.get(s), weather, seed, s))
            .toList();
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public List<StreamModel> streams() {
    return streams;
  }

  @Override
  public SwitchCosts switchCosts() {
    return switchCosts;
  }

  @Override
  public double settleSeconds(int domain) {
    return description.transition(domain).settleSeconds();
  }

  @Override
  public List<IdleState> idleStates() {
    return idleStates;
  }

  @Override
  public double idleWatts(int state, int setting) {
    return physics.get(0).idleWatts(state, setting);
  }

  @Override
  public double stallWatts(int setting) {
    return physics.get(0).stallWatts(setting);
  }

  @Override
  public int activeCores() {
    return physics.get(0).threads();
  }

  @Override
  public boolean countsWork() {
    return true;
  }

  @Override
  public Thermal thermal() {
    return thermal;
  }

  @Override
  public double extraLeakage(double celsius) {
    return physics.get(0).leakageFactor(celsius) - 1;
  }

  @Override
  public boolean switchFails(long attempt) {
    return failedSwitches > 0
        && new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (attempt + 1)).nextDouble()
            < failedSwitches;
  }

  /** One stream's jobs in their weather. */
  private static final class PhysicsStream implements StreamModel {
    private final DevicePhysics physics;
    private final Stream stream;
    private final WeatherField field;
    private final OperatorCosts alone;
    private final OperatorCosts crowded;

    PhysicsStream(DevicePhysics physics, Stream stream, Weather weather, long seed, int index) {
      this.physics = physics;
      this.stream = stream;
      this.field = new WeatherField(weather, seed + 0x9E3779B97F4A7C15L * index);
      this.alone = physics.costs();
      this.crowded = physics.costs(weather.crowd());
    }

    @Override
    public Stream stream() {
      return stream;
    }

    @Override
    public OperatorModel costs(int job) {
      return field.crowded(job) ? crowded : alone;
    }

    @Override
    public double factor(int job, int operator) {
      return field.factor(job, operator);
    }

    @Override
    public double stallSeconds(int job, int operator) {
      return field.stallSeconds(job, operator);
    }

    @Override
    public double instructions(int operator) {
      return physics.instructions(operator);
    }

    @Override
    public double trafficBytes(int operator) {
      return physics.trafficBytes(operator);
    }
  }
}
