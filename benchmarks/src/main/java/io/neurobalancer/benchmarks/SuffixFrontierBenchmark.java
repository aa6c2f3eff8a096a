package io.neurobalancer.benchmarks;

import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.plan.SuffixFrontier;
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
 * One decision of a governor: a look-up among 500 operators and 200 settings, at random times left,
 * so that no cache holds what it reads. With {@code -prof gc} it shows that it allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SuffixFrontierBenchmark {

  private static final int QUESTIONS = 1 << 14;

  private final PlanningProblem problem =
      Instances.problem(Instances.grid(20, 10), 500, Start.from(0), 7);
  private final SuffixFrontier frontier = SuffixFrontier.of(problem);
  private final int[] operators;
  private final int[] settings;
  private final double[] seconds;
  private int question;

  /** Makes up the questions. */
  public SuffixFrontierBenchmark() {
    Random random = new Random(7);
    operators = random.ints(QUESTIONS, 0, 500).toArray();
    settings = random.ints(QUESTIONS, 0, 200).toArray();
    seconds = random.doubles(QUESTIONS).map(share -> share * problem.budgetSeconds()).toArray();
  }

  /** One look-up. */
  @Benchmark
  public int next() {
    question = (question + 1) & (QUESTIONS - 1);
    return frontier.next(operators[question], seconds[question], settings[question]);
  }
}
