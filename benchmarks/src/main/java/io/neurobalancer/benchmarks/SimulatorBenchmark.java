package io.neurobalancer.benchmarks;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The simulator on one thread: a network of 64 operators every 50 ms on the Pixel 4's gold cluster,
 * nominal weather.
 *
 * <p>{@code planFollower} counts operator executions; {@code stock} counts simulated seconds, so
 * its score is how many times faster than real time it runs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SimulatorBenchmark {

  private static final int OPERATORS = 64;
  private static final int JOBS = 2_000;
  private static final double PERIOD_SECONDS = 0.05;
  private static final int SIMULATED_SECONDS = 100;

  private final DeviceDescription profile = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
  private final SimulatedTarget target =
      SimulatedTarget.of(profile, workload(), 1, Weather.NOMINAL, 7);
  private final DevicePhysics physics = target.physics(0);
  private final Schedule schedule = Schedule.of(PERIOD_SECONDS, PERIOD_SECONDS, JOBS);
  private final Plan plan = plan();

  private static Workload workload() {
    TensorShape shape = TensorShape.of(1, 64, 28, 28);
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < OPERATORS; i++) {
      boolean dense = i % 2 == 0;
      operators.add(
          new Operator(
              "op" + i,
              "Conv",
              dense ? OperatorKind.POINTWISE_CONVOLUTION : OperatorKind.DEPTHWISE_CONVOLUTION,
              2 * shape.elements() * (dense ? 64 : 9),
              dense ? 64 * 64 * 4 : 64 * 9 * 4,
              shape.elements() * 4,
              shape.elements() * 4,
              List.of(shape),
              List.of(dense ? TensorShape.of(64, 64, 1, 1) : TensorShape.of(64, 1, 3, 3)),
              List.of(shape),
              DataType.FLOAT32));
    }
    return new Workload("benchmark", "0".repeat(64), operators);
  }

  private Plan plan() {
    SettingGrid grid = physics.grid();
    int settings = grid.size();
    double[] seconds = new double[OPERATORS * settings];
    double[] joules = new double[seconds.length];
    double fastest = 0;
    for (int i = 0; i < OPERATORS; i++) {
      for (int x = 0; x < settings; x++) {
        seconds[i * settings + x] = physics.seconds(i, x);
        joules[i * settings + x] = physics.seconds(i, x) * physics.watts(i, x);
      }
      fastest += physics.seconds(i, grid.fastest());
    }
    List<String> names = physics.workload().operators().stream().map(Operator::name).toList();
    return new LagrangianPlanner()
        .plan(
            PlanningProblem.builder(
                    new CostTable(grid, names, seconds, joules, new double[seconds.length]),
                    1.5 * fastest)
                .switchCosts(physics.switchCosts())
                .idlePowerWatts(physics.idleWatts(grid.slowest()))
                .periodSeconds(PERIOD_SECONDS)
                .start(Start.from(grid.slowest()))
                .build());
  }

  /** Operator executions per second under a governor that follows a plan. */
  @Benchmark
  @OperationsPerInvocation(OPERATORS * JOBS)
  public RunResult planFollower() {
    return target.run(PlanGovernor.of(plan, physics.grid().slowest()), schedule, RunObserver.NONE);
  }

  /** Simulated seconds per second under the phone's stock governors. */
  @Benchmark
  @OperationsPerInvocation(SIMULATED_SECONDS)
  public RunResult stock() {
    return target.run(
        Baselines.create(GovernorSpec.of("stock"), target.hardware(), Training.none()).factory(),
        schedule,
        RunObserver.NONE);
  }
}
