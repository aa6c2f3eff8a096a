package io.neurobalancer.plan;

import java.util.stream.LongStream;

/**
 * Seeds of property tests: always the same ones, then a few that no run had before. A fresh seed
 * stands in the name of its test case; {@code -Dneurobalancer.seed=N} runs that one alone.
 */
final class Seeds {

  private static final int FRESH = 10;

  private Seeds() {}

  static LongStream upTo(int count) {
    Long only = Long.getLong("neurobalancer.seed");
    if (only != null) {
      return LongStream.of(only);
    }
    long fresh = System.nanoTime() & 0xFFFF_FFFFL;
    return LongStream.concat(
        LongStream.range(0, count), LongStream.range(0, FRESH).map(i -> 1_000_000 + fresh + i));
  }
}
