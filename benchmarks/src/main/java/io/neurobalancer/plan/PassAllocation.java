package io.neurobalancer.plan;

import com.sun.management.ThreadMXBean;
import io.neurobalancer.benchmarks.Instances;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Counts the bytes that a pass allocates after warm-up, by the virtual machine's own count for the
 * thread: JMH's figure for so short a piece of work is mostly its own.
 */
public final class PassAllocation {

  private static final int PASSES = 1_000;

  private PassAllocation() {}

  /** Prints one line per kind of pass. */
  public static void main(String[] arguments) {
    Trellis flat =
        new Trellis(Instances.problem(Instances.grid(20, 10), 500, Start.steadyState(), 7));
    Viterbi paths = new Viterbi(flat);
    TwoPricePaths splicer = new TwoPricePaths(flat);
    int[] path = new int[flat.rows];
    System.out.println("| pass over 500 rows of 200 settings | bytes allocated per pass |");
    System.out.println("| --- | ---: |");
    measure("forward and trace", () -> paths.open(1, 0.9, path));
    measure("best cycle", () -> paths.closed(1, 0.9, path));
    measure("first halves, tracked", () -> splicer.heads(0.9));
    measure("second halves, tracked", () -> splicer.tails(0.9));
    measure("best joint", () -> splicer.join(0.9, 0.9, 1, Double.POSITIVE_INFINITY, path));
  }

  private static void measure(String name, Runnable pass) {
    for (int warmUp = 0; warmUp < PASSES; warmUp++) {
      pass.run();
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < PASSES; i++) {
      pass.run();
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    System.out.printf(Locale.ROOT, "| %s | %.1f |%n", name, (double) bytes / PASSES);
  }
}
