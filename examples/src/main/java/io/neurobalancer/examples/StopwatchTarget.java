package io.neurobalancer.examples;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.Frequency;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A target of one's own: whatever can run segments, timed by a clock, on a machine whose clock
 * nobody can set and whose energy nobody meters. It can be measured and run; what it cannot tell is
 * NaN, and says so.
 */
public final class StopwatchTarget implements Target {

  private static final String NO_METER = "not measured: this machine has no meter";

  private final Inference inference;
  private final RunClock clock;
  private final SettingGrid grid;

  /** Wraps an inference on a machine that always runs at one frequency. */
  public StopwatchTarget(Inference inference, RunClock clock, Frequency frequency) {
    this.inference = inference;
    this.clock = clock;
    this.grid =
        new SettingGrid(
            List.of(
                new FrequencyDomain(
                    "cpu", FrequencyDomain.Kind.CORE, OppTable.of(List.of(frequency)))));
  }

  @Override
  public DeviceIdentity identity() {
    return new DeviceIdentity(
        "stopwatch", "this machine as it is", "stopwatch", DeviceIdentity.Origin.REAL);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public List<Stream> streams() {
    return inference.streams();
  }

  @Override
  public Samples.Run measure(int stream, int setting) {
    Stream measured = streams().get(stream);
    int operators = measured.workload().size();
    double[] seconds = new double[operators];
    for (int s = 0; s < measured.segments(); s++) {
      long before = clock.nanoTime();
      inference.run(stream, s);
      double segment = Math.max(1, clock.nanoTime() - before) * 1e-9;
      int first = measured.firstOperator(s);
      int end = measured.endOperator(s);
      Arrays.fill(seconds, first, end, segment / (end - first));
    }
    double[] joules = new double[operators];
    Arrays.fill(joules, Double.NaN);
    return new Samples.Run(setting, seconds, joules);
  }

  @Override
  public Calibration calibrate() {
    return new Calibration(
        SwitchCosts.free(1),
        List.of(0.0),
        List.of(new IdleState("unknown", 0, 0, 0)),
        List.of(List.of(Double.NaN)),
        Map.of("idle", NO_METER, "switch", "there is nothing to switch"));
  }

  @Override
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    return new PeriodicRunner(clock, inference, new NullBoard(grid, 1))
        .run(governor, schedule, observer);
  }

  @Override
  public void close() {
    inference.close();
  }
}
