package io.neurobalancer.simulator.engine;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A device whose runs can be followed by hand. Its one clock runs at 1 or 2 GHz; an operator takes
 * 2 s or 1 s at 3 W or 10 W, of which the cores burn 2 W or 8 W; standing still takes 2 W or 4 W,
 * idling 1 W or 1.5 W. A switch takes 10 ms and half a joule, and settles for 50 ms. A gap of half
 * a second reaches an idle state that takes 20 ms to enter and 30 ms to leave.
 */
final class HandDevice implements DeviceModel {

  static final int SLOW = 0;
  static final int FAST = 1;

  /** The weather of every job. */
  double factor = 1;

  double stallSeconds;
  double leakage;
  double coreShare = 1;
  boolean countsWork = true;
  double kelvinPerWatt;
  double capCelsius = 50;
  final List<Integer> jobsAsked = new ArrayList<>();

  private final SettingGrid grid =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(
                      List.of(Frequency.ofMegahertz(1_000), Frequency.ofMegahertz(2_000))))));
  private final int streams;
  private final int operators;

  HandDevice(int streams, int operators) {
    this.streams = streams;
    this.operators = operators;
  }

  private Workload workload() {
    List<Operator> list = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      list.add(
          new Operator(
              "op" + i,
              "Test",
              OperatorKind.UNKNOWN,
              0,
              0,
              0,
              0,
              List.of(),
              List.of(),
              List.of(),
              DataType.FLOAT32));
    }
    return new Workload("by hand", "0".repeat(64), list);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public List<StreamModel> streams() {
    List<StreamModel> list = new ArrayList<>();
    for (int s = 0; s < streams; s++) {
      list.add(new Model());
    }
    return list;
  }

  @Override
  public SwitchCosts switchCosts() {
    return new SwitchCosts(List.of(SwitchCost.symmetric(0.01, 0.5)));
  }

  @Override
  public double settleSeconds(int domain) {
    return 0.05;
  }

  @Override
  public List<IdleState> idleStates() {
    return List.of(new IdleState("wait", 0, 0, 0), new IdleState("off", 0.02, 0.03, 0.5));
  }

  @Override
  public double idleWatts(int state, int setting) {
    return (state == 0 ? 1.7 : 1) * (setting == SLOW ? 1 : 1.5);
  }

  @Override
  public double stallWatts(int setting) {
    return setting == SLOW ? 2 : 4;
  }

  @Override
  public int activeCores() {
    return 2;
  }

  @Override
  public boolean countsWork() {
    return countsWork;
  }

  @Override
  public Thermal thermal() {
    return new Thermal(30, kelvinPerWatt, 5, capCelsius, 0);
  }

  @Override
  public double extraLeakage(double celsius) {
    return leakage;
  }

  /** A stream of equal operators. */
  private final class Model implements StreamModel, OperatorModel {
    private final Stream stream = Stream.of(workload());

    @Override
    public Stream stream() {
      return stream;
    }

    @Override
    public OperatorModel costs(int job) {
      jobsAsked.add(job);
      return this;
    }

    @Override
    public double factor(int job, int operator) {
      return factor;
    }

    @Override
    public double stallSeconds(int job, int operator) {
      return stallSeconds;
    }

    @Override
    public double instructions(int operator) {
      return 1_000_000;
    }

    @Override
    public double trafficBytes(int operator) {
      return 6_400;
    }

    @Override
    public double seconds(int operator, int setting) {
      return setting == SLOW ? 2 : 1;
    }

    @Override
    public double watts(int operator, int setting) {
      return setting == SLOW ? 3 : 10;
    }

    @Override
    public double coreWatts(int operator, int setting) {
      return coreShare * (setting == SLOW ? 2 : 8);
    }

    @Override
    public double stalledShare(int operator, int setting) {
      return 0.25;
    }

    @Override
    public double foreignBytesPerSecond(int setting) {
      return 3_200;
    }
  }
}
