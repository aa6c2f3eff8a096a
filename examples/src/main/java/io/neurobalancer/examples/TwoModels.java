package io.neurobalancer.examples;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.engine.SessionGroup;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.unit.Frequency;
import java.nio.file.Path;
import java.util.List;

/**
 * Two models on one machine, such as a detector on every frame and a classifier on every third: the
 * job with the earlier deadline goes first. Their inputs are made up.
 */
public final class TwoModels {

  private static final SettingGrid CLOCKS =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(List.of(Frequency.ofKilohertz(1_800_000))))));

  private TwoModels() {}

  /** Takes the paths of two models. */
  public static void main(String[] arguments) {
    RunResult result =
        run(Path.of(arguments[0]), Path.of(arguments[1]), EngineOptions.defaults(), 100);
    for (int s = 0; s < 2; s++) {
      System.out.printf(
          "%s: %d jobs, %d late, median %.1f ms%n",
          arguments[s],
          result.responses().get(s).count(),
          result.responses().get(s).misses(),
          result.responses().get(s).quantileSeconds(0.5) * 1e3);
    }
  }

  static RunResult run(Path often, Path seldom, EngineOptions options, int jobs) {
    try (SessionGroup both =
        new SessionGroup(
            List.of(BalancedSession.open(often, options), BalancedSession.open(seldom, options)))) {
      Schedule schedule =
          new Schedule(
              List.of(
                  new Schedule.Periodic(0.1, 0.1, jobs),
                  new Schedule.Periodic(0.3, 0.3, Math.max(1, jobs / 3))),
              0);
      Governor.Factory fastest = (board, now) -> new Governor() {};
      return new PeriodicRunner(
              SystemClock.INSTANCE, both, new NullBoard(CLOCKS, options.threads()))
          .run(fastest, schedule, RunObserver.NONE);
    }
  }
}
