package io.neurobalancer.plan;

import java.util.stream.LongStream;

/**
 * Seeds of property tests: always the same ones, so that a build that passed passes again; with
 * {@code -Dneurobalancer.fresh=N} also N that no run had before. A seed stands in the name of its
 * test case; {@code -Dneurobalancer.seed=N} runs that one alone. {@code -Dneurobalancer.seeds=N},
 * which the mutation profile sets, leaves at most N: a mutant is mostly caught by the first few.
 */
final class Seeds {

  private Seeds() {}

  static LongStream upTo(int count) {
    Long only = Long.getLong("neurobalancer.seed");
    if (only != null) {
      return LongStream.of(only);
    }
    long fresh = System.nanoTime() & 0xFFFF_FFFFL;
    return LongStream.concat(
        LongStream.range(0, Math.min(count, Integer.getInteger("neurobalancer.seeds", count))),
        LongStream.range(0, Long.getLong("neurobalancer.fresh", 0))
            .map(i -> 1_000_000 + fresh + i));
  }
}
