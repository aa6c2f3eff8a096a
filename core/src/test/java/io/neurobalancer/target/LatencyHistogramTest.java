package io.neurobalancer.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LatencyHistogramTest {

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void quantiles_areWithinATenthOfAPercent_ofSortedResponses(long seed) {
    Random random = new Random(seed);
    int count = 1 + random.nextInt(2_000);
    double[] seconds = new double[count];
    LatencyHistogram histogram = new LatencyHistogram(0.01);
    for (int i = 0; i < count; i++) {
      seconds[i] = StrictMath.exp(random.nextGaussian() * 3 - 6);
      histogram.add(seconds[i]);
    }
    Arrays.sort(seconds);
    for (double share : new double[] {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
      // The smallest response that at least this share of all do not exceed.
      double exact = seconds[Math.max(0, (int) Math.ceil(share * count - 1e-9) - 1)];
      assertThat(histogram.quantileSeconds(share)).isCloseTo(exact, within(exact * 1e-3 + 1e-9));
    }
  }

  @Test
  void missesAreThoseBeyondTheDeadline_andAJobThatEndsOnItIsInTime() {
    LatencyHistogram histogram = new LatencyHistogram(0.01);
    histogram.add(0.009);
    histogram.add(0.01);
    histogram.add(0.0100001);
    assertThat(histogram.misses()).isEqualTo(1);
    assertThat(histogram.count()).isEqualTo(3);
    assertThat(histogram.meanSeconds()).isCloseTo(0.0290001 / 3, within(1e-12));
    assertThat(histogram.maxSeconds()).isEqualTo(0.0100001);
  }

  @Test
  void ofNoResponses_nothingIsKnown() {
    LatencyHistogram histogram = new LatencyHistogram(1);
    assertThat(histogram.quantileSeconds(0.5)).isNaN();
    assertThat(histogram.meanSeconds()).isNaN();
    assertThat(histogram.maxSeconds()).isNaN();
  }

  @Test
  void aLoneResponse_isEveryQuantileExactly() {
    LatencyHistogram histogram = new LatencyHistogram(1);
    histogram.add(0.123456789);
    assertThat(histogram.quantileSeconds(0)).isEqualTo(0.123456789);
    assertThat(histogram.quantileSeconds(1)).isEqualTo(0.123456789);
  }
}
