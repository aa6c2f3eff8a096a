package io.neurobalancer.simulator.replay;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.engine.DeviceModel;
import io.neurobalancer.simulator.engine.Engine;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A device made of a table of measurements: a run takes and burns what the rows say that it visits.
 * Nothing is modelled. It remembers which settings were profiled, so that what a fit has not seen
 * can be told.
 */
public final class ReplayTarget implements Target {

  private static final IdleState REST = new IdleState("rest", 0, 0, 0);

  private final MeasuredTable table;
  private final String hash;
  private final List<Stream> streams;
  private final Set<Integer> visited = new TreeSet<>();

  /**
   * Creates a device.
   *
   * @param hash of the file that the table was read from
   */
  public ReplayTarget(MeasuredTable table, String hash) {
    this.table = table;
    this.hash = hash;
    this.streams = List.of(Stream.of(workload(table, hash)));
  }

  private static Workload workload(MeasuredTable table, String hash) {
    List<Operator> operators = new ArrayList<>();
    for (String name : table.operatorNames()) {
      operators.add(
          new Operator(
              name,
              "Measured",
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
    return new Workload(table.name(), hash, operators);
  }

  @Override
  public DeviceIdentity identity() {
    return new DeviceIdentity(
        "replay:" + table.name(), table.name(), hash, DeviceIdentity.Origin.REPLAYED);
  }

  /** Returns the table. */
  public MeasuredTable table() {
    return table;
  }

  /** Returns what the rows say, for bounds and for those who judge; no planner sees it. */
  public DeviceModel model() {
    return new TableModel(table, streams.get(0));
  }

  @Override
  public SettingGrid grid() {
    return table.grid();
  }

  @Override
  public List<Stream> streams() {
    return streams;
  }

  @Override
  public boolean measurable(int setting) {
    return table.measured(setting);
  }

  @Override
  public Samples.Run measure(int stream, int setting) {
    visited.add(setting);
    int operators = table.operatorNames().size();
    double[] latency = new double[operators];
    double[] energy = new double[operators];
    for (int i = 0; i < operators; i++) {
      latency[i] = table.latencySeconds(i, setting);
      energy[i] = table.energyOrNaN(i, setting);
    }
    return new Samples.Run(setting, latency, energy);
  }

  /** Returns the settings that were measured so far, ascending. */
  public int[] visited() {
    return visited.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public Calibration calibrate() {
    int domains = grid().dimensions();
    List<Double> idle = new ArrayList<>();
    for (int x = 0; x < grid().size(); x++) {
      idle.add(table.idleWatts(x));
    }
    String none = "not measured: the table has no row for it";
    return new Calibration(
        SwitchCosts.free(domains),
        Collections.nCopies(domains, 0.0),
        List.of(REST),
        List.of(idle),
        Map.of(
            "switch",
            none,
            "settle",
            none,
            "wake",
            none,
            "idle",
            idle.stream().allMatch(watts -> watts.isNaN()) ? none : "rows of " + table.name()));
  }

  @Override
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    RunResult result = new Engine(model(), governor, schedule, observer).run();
    List<String> notes = new ArrayList<>(result.notes());
    if (!table.hasAnyEnergy()) {
      notes.add("Energy was not measured: " + table.name() + " has no column for it.");
    } else if (Double.isNaN(table.idleWatts(0))) {
      notes.add(
          "Energy is that of the jobs alone: "
              + table.name()
              + " has no rows of "
              + MeasuredTables.IDLE
              + " that give the power between jobs.");
    }
    return new RunResult(
        result.responses(), result.joules(), result.joulesBySource(), result.switches(), notes);
  }

  @Override
  public void close() {}

  /** The table as the engine asks for it: clocks change at once and for nothing. */
  private static final class TableModel
      implements DeviceModel, DeviceModel.StreamModel, DeviceModel.OperatorModel {

    private final MeasuredTable table;
    private final Stream stream;

    TableModel(MeasuredTable table, Stream stream) {
      this.table = table;
      this.stream = stream;
    }

    @Override
    public SettingGrid grid() {
      return table.grid();
    }

    @Override
    public boolean known(int setting) {
      return table.measured(setting);
    }

    @Override
    public List<StreamModel> streams() {
      return List.of(this);
    }

    @Override
    public SwitchCosts switchCosts() {
      return SwitchCosts.free(grid().dimensions());
    }

    @Override
    public double settleSeconds(int domain) {
      return 0;
    }

    @Override
    public List<IdleState> idleStates() {
      return List.of(REST);
    }

    @Override
    public double idleWatts(int state, int setting) {
      // Left out of the energy where nobody measured it, as the result's note says.
      double watts = table.idleWatts(setting);
      return Double.isNaN(watts) ? 0 : watts;
    }

    @Override
    public double stallWatts(int setting) {
      return 0;
    }

    @Override
    public int activeCores() {
      return 1;
    }

    @Override
    public boolean countsWork() {
      return false;
    }

    @Override
    public Thermal thermal() {
      return new Thermal(25, 0, 1, 1_000, 0);
    }

    @Override
    public double extraLeakage(double celsius) {
      return 0;
    }

    @Override
    public Stream stream() {
      return stream;
    }

    @Override
    public OperatorModel costs(int job) {
      return this;
    }

    @Override
    public double factor(int job, int operator) {
      return 1;
    }

    @Override
    public double stallSeconds(int job, int operator) {
      return 0;
    }

    @Override
    public double instructions(int operator) {
      return 0;
    }

    @Override
    public double trafficBytes(int operator) {
      return 0;
    }

    @Override
    public double seconds(int operator, int setting) {
      double seconds = table.latencyOrNaN(operator, setting);
      if (Double.isNaN(seconds)) {
        throw NeuroBalancerException.invalid(
            "%s has no row of '%s' at %s, where this governor went.%nMaybe measure it there, or compare governors that stay on measured clocks."
                .formatted(
                    table.name(),
                    table.operatorNames().get(operator),
                    table.grid().describe(setting)));
      }
      return seconds;
    }

    @Override
    public double watts(int operator, int setting) {
      return table.energyOrNaN(operator, setting) / table.latencyOrNaN(operator, setting);
    }

    @Override
    public double coreWatts(int operator, int setting) {
      return 0;
    }

    @Override
    public double stalledShare(int operator, int setting) {
      return 0;
    }

    @Override
    public double foreignBytesPerSecond(int setting) {
      return 0;
    }
  }
}
