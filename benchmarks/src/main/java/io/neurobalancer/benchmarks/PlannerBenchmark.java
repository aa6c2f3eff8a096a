package io.neurobalancer.benchmarks;

import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One plan of 500 operators over 200 settings, for both kinds of entry. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlannerBenchmark {

  /** Where the job is entered from. */
  @Param({"fixed", "steady"})
  public String entry = "";

  private final LagrangianPlanner planner = new LagrangianPlanner();
  private PlanningProblem problem = Instances.problem(Instances.grid(1, 1), 1, Start.free(), 0);

  /** Makes the instance. */
  @Setup
  public void setUp() {
    problem =
        Instances.problem(
            Instances.grid(20, 10),
            500,
            entry.equals("fixed") ? Start.from(0) : Start.steadyState(),
            7);
  }

  /** Plans it. */
  @Benchmark
  public Plan plan() {
    return planner.plan(problem);
  }
}
