package io.neurobalancer.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ResponsesTest {

  @Test
  void quantiles_areWithinATenthOfAPercent_andCountsExact() {
    Responses responses = new Responses(0.05);
    Random random = new Random(5);
    double[] all = new double[10_000];
    int misses = 0;
    for (int j = 0; j < all.length; j++) {
      all[j] = 0.01 * Math.exp(random.nextGaussian());
      misses += all[j] > 0.05 ? 1 : 0;
      responses.add(all[j]);
    }
    Arrays.sort(all);
    for (double share : new double[] {0.01, 0.5, 0.99, 0.999, 1}) {
      double exact = all[(int) Math.ceil(share * all.length) - 1];
      assertThat(responses.quantileSeconds(share)).isCloseTo(exact, within(exact * 1e-3));
    }
    assertThat(responses.misses()).isEqualTo(misses);
    assertThat(responses.count()).isEqualTo(10_000);
    assertThat(responses.meanSeconds())
        .isCloseTo(Arrays.stream(all).average().orElseThrow(), within(1e-12));
  }

  @Test
  void jobsThatTakeTheSameTime_haveExactlyThatMedian() {
    Responses responses = new Responses(1);
    for (int j = 0; j < 3; j++) {
      responses.add(0.123456789);
    }
    assertThat(responses.quantileSeconds(0.5)).isEqualTo(0.123456789);
  }
}
