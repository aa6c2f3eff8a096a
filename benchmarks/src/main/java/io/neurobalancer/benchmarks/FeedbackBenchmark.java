package io.neurobalancer.benchmarks;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.GovernorLoop;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.target.NullBoard;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision of the governor with feedback, all of it: book the segment that ended, estimate the
 * pace, look up, ask the board, commit. 500 operators of 200 settings, each a few percent early or
 * late. With {@code -prof gc} it shows that nothing is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FeedbackBenchmark {

  private static final int OPERATORS = 500;

  private final PlanningProblem problem =
      Instances.problem(Instances.grid(20, 10), OPERATORS, Start.from(0), 7);
  private final GovernorLoop loop;
  private final NullBoard board = new NullBoard(problem.grid(), 1);
  private final long deadlineNanos = Math.round(problem.budgetSeconds() * 1.02e9);
  private final double[] late = new Random(7).doubles(OPERATORS, 0.95, 1.05).toArray();
  private long now;
  private int operator;

  /** Plans, and starts the governor on a board that goes nowhere. */
  public FeedbackBenchmark() {
    Plan plan = new LagrangianPlanner().plan(problem);
    int settings = problem.grid().size();
    Calibration calibration =
        new Calibration(
            problem.switchCosts(),
            Collections.nCopies(problem.grid().dimensions(), 0.0),
            List.of(new IdleState("idle", 0, 0, 0)),
            List.of(Collections.nCopies(settings, 0.0)),
            Map.of());
    double seconds = deadlineNanos * 1e-9;
    FeedbackPlan feedback =
        FeedbackPlan.of(
            new JobPlan(plan, 0, 0), new Deadline(seconds, 2 * seconds, 1.02), calibration);
    loop = new GovernorLoop(BalancedGovernor.of(feedback), board, 0);
  }

  /** One segment's start; every 500th one ends a job and begins the next. */
  @Benchmark
  public int decision() {
    if (operator == OPERATORS) {
      loop.finished(0, now);
      operator = 0;
    }
    if (operator == 0) {
      loop.released(0, now, now + deadlineNanos);
    }
    int changed = loop.segmentStarting(0, operator, now);
    int setting = 0;
    for (int d = 0; d < board.grid().dimensions(); d++) {
      setting += board.requested(d) * board.grid().stride(d);
    }
    now += Math.round(problem.costs().latencySeconds(operator, setting) * late[operator] * 1e9);
    operator++;
    return changed;
  }
}
