package io.neurobalancer.linux;

import io.neurobalancer.target.Inference;
import io.neurobalancer.target.Stream;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Stands for an inference engine: it computes for as many cycles of one core as an operator has, so
 * that its speed follows the clock that the core really gets. It moves no data: it does not slow
 * down with the memory clock.
 */
public final class PacedWorkload implements Inference {

  /** Spends cycles of the core that runs the calling thread. */
  @FunctionalInterface
  public interface Cycles {

    /** Returns after that many cycles. */
    void spend(long cycles);
  }

  private final List<Stream> streams;
  private final long[][] segmentCycles;
  private final Cycles cycles;

  /**
   * Prepares streams.
   *
   * @param flopsPerCycle how many operations a core does per cycle, to turn an operator's FLOPs
   *     into cycles; an operator of no FLOPs spends a cycle per byte over {@code bytesPerCycle}
   * @param bytesPerCycle how many bytes a core moves per cycle
   */
  public PacedWorkload(
      List<Stream> streams, double flopsPerCycle, double bytesPerCycle, Cycles cycles) {
    this.streams = List.copyOf(streams);
    this.cycles = cycles;
    this.segmentCycles = new long[streams.size()][];
    for (int s = 0; s < streams.size(); s++) {
      Stream stream = streams.get(s);
      segmentCycles[s] =
          IntStream.range(0, stream.segments())
              .mapToLong(
                  segment ->
                      IntStream.range(stream.firstOperator(segment), stream.endOperator(segment))
                          .mapToLong(
                              i ->
                                  cycles(
                                      stream.workload().operators().get(i),
                                      flopsPerCycle,
                                      bytesPerCycle))
                          .sum())
              .toArray();
    }
  }

  /** Returns a workload that really computes, with 8 FLOPs and 8 bytes per cycle. */
  public static PacedWorkload of(List<Stream> streams) {
    return new PacedWorkload(streams, 8, 8, new DependentMultiplies());
  }

  private static long cycles(Operator operator, double flopsPerCycle, double bytesPerCycle) {
    return Math.max(
        1,
        Math.round(Math.max(operator.flops() / flopsPerCycle, operator.bytes() / bytesPerCycle)));
  }

  /** Returns the cycles of a segment. */
  public long cycles(int stream, int segment) {
    return segmentCycles[stream][segment];
  }

  @Override
  public List<Stream> streams() {
    return new ArrayList<>(streams);
  }

  @Override
  public void run(int stream, int segment) {
    cycles.spend(segmentCycles[stream][segment]);
  }

  @Override
  public void close() {}

  /** A chain of multiply-adds, each of which needs the one before: some four cycles each. */
  static final class DependentMultiplies implements Cycles {

    private static final int CYCLES_PER_STEP = 4;

    private volatile long sink;

    @Override
    public void spend(long cycles) {
      long x = sink | 1;
      for (long i = cycles / CYCLES_PER_STEP; i > 0; i--) {
        x = x * 6364136223846793005L + 1442695040888963407L;
      }
      sink = x;
    }
  }
}
