package io.neurobalancer.plan;

import io.neurobalancer.benchmarks.Instances;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The passes a plan is made of, on 500 rows of 200 settings. With {@code -prof gc} it shows that
 * they allocate nothing. It sits in the planner's package because the passes are not public.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PassBenchmark {

  private final Trellis flat =
      new Trellis(Instances.problem(Instances.grid(20, 10), 500, Start.steadyState(), 7));
  private final Viterbi paths = new Viterbi(flat);
  private final TwoPricePaths splicer = new TwoPricePaths(flat);
  private final LagrangianSearch search = new LagrangianSearch(flat);
  private final PathImprover improver = new PathImprover(flat);
  private final int[] path = new int[flat.rows];
  private double price;

  /** Finds the price of time that matters. */
  @Setup
  public void setUp() {
    search.solve(flat.problem.budgetSeconds());
    price = search.price();
  }

  /** One forward pass. */
  @Benchmark
  public double forward() {
    paths.price(1, price);
    return paths.pass(0, -1);
  }

  /** One forward pass and the path it finds. */
  @Benchmark
  public int[] open() {
    paths.open(1, price, path);
    return path;
  }

  /** The best cycle. */
  @Benchmark
  public int[] closed() {
    paths.closed(1, price, path);
    return path;
  }

  /** Both tracked passes and their best joint. */
  @Benchmark
  public boolean splice() {
    splicer.heads(price);
    splicer.tails(price * 1.01);
    return splicer.join(
        price, price * 1.01, flat.problem.budgetSeconds(), Double.POSITIVE_INFINITY, path);
  }

  /** Improves a path by single changes. */
  @Benchmark
  public double polish() {
    improver.begin(flat.problem.budgetSeconds());
    improver.offer(search.fastest());
    improver.offer(search.best());
    improver.polish(Double.NEGATIVE_INFINITY);
    return improver.bestEnergy();
  }
}
