package io.neurobalancer.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LearnedPredictorTest {

  private static Operator convolution(int channels, int pixels) {
    long flops = 18L * channels * channels * pixels * pixels;
    return new Operator(
        "conv" + channels + "x" + pixels,
        "Conv",
        OperatorKind.CONVOLUTION,
        flops,
        36L * channels * channels,
        4L * channels * pixels * pixels,
        4L * channels * pixels * pixels,
        List.of(TensorShape.of(1, channels, pixels, pixels)),
        List.of(TensorShape.of(channels, channels, 3, 3)),
        List.of(TensorShape.of(1, channels, pixels, pixels)),
        DataType.FLOAT32);
  }

  /** Ten operations per cycle, less where channels do not fill groups of eight; 2 W at 1 GHz. */
  private static double seconds(int channels, int pixels, double gigahertz) {
    int filled = (channels + 7) / 8 * 8;
    return 18.0 * channels * filled * pixels * pixels / (10e9 * gigahertz) + 2e-6;
  }

  private static List<LearnedPredictor.Sample> samples() {
    List<LearnedPredictor.Sample> samples = new ArrayList<>();
    for (int channels : new int[] {4, 8, 12, 16, 24, 32, 48, 64, 96, 128}) {
      for (int pixels : new int[] {7, 14, 28, 56}) {
        for (double gigahertz : new double[] {0.5, 1, 2}) {
          double seconds = seconds(channels, pixels, gigahertz);
          samples.add(
              new LearnedPredictor.Sample(
                  convolution(channels, pixels),
                  List.of(gigahertz * 1e9),
                  seconds,
                  seconds * 2 * gigahertz));
        }
      }
    }
    return samples;
  }

  @Test
  void operatorsNeverSeen_areExpectedWithinAQuarter() {
    LearnedPredictor learned = LearnedPredictor.train(samples(), 1);
    for (int channels : new int[] {20, 40, 80}) {
      LearnedPredictor.Expectation expected =
          learned.predict(List.of(convolution(channels, 28)), List.of(List.of(1.5e9))).get(0);
      double truth = seconds(channels, 28, 1.5);
      assertThat(expected.latencySeconds() / truth).isBetween(0.75, 1.25);
      assertThat(expected.energyJoules() / (truth * 3)).isBetween(0.6, 1.4);
    }
  }

  @Test
  void theSameSamplesAndSeed_giveTheSamePredictor() {
    List<List<Double>> clocks = List.of(List.of(1e9));
    List<Operator> operators = List.of(convolution(40, 20));
    assertThat(LearnedPredictor.train(samples(), 1).predict(operators, clocks))
        .isEqualTo(LearnedPredictor.train(samples(), 1).predict(operators, clocks));
  }

  @Test
  void anOperatorFarBeyondTraining_isNotPredictedWithoutBounds() {
    double longest = samples().stream().mapToDouble(s -> s.latencySeconds()).max().orElseThrow();
    LearnedPredictor.Expectation expected =
        LearnedPredictor.train(samples(), 1)
            .predict(List.of(convolution(4_096, 512)), List.of(List.of(1e9)))
            .get(0);
    // The law may go a factor e^1.5 = 4.5 beyond, the trees add what they learned inside.
    assertThat(expected.latencySeconds()).isBetween(longest, longest * 10);
  }

  @Test
  void wrongInput_isRefused() {
    assertThatThrownBy(() -> LearnedPredictor.train(List.of(), 1))
        .hasMessageContaining("more samples than 0");
    LearnedPredictor learned = LearnedPredictor.train(samples(), 1);
    assertThatThrownBy(
            () -> learned.predict(List.of(convolution(8, 8)), List.of(List.of(1e9, 2e9))))
        .hasMessageContaining("trained on 1 clocks, not 2");
  }
}
