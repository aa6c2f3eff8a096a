package io.neurobalancer.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LearnedPredictorTest {

  private static final SettingGrid GRID = grid(500, 1_000, 1_500, 2_000);

  private static SettingGrid grid(long... megahertz) {
    return new SettingGrid(
        List.of(
            new FrequencyDomain(
                "cpu",
                FrequencyDomain.Kind.CORE,
                OppTable.of(LongStream.of(megahertz).mapToObj(Frequency::ofMegahertz).toList()))));
  }

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

  private static Workload model(int pixels, int... channels) {
    List<Operator> operators = new ArrayList<>();
    for (int c : channels) {
      operators.add(convolution(c, pixels));
    }
    return new Workload("net" + pixels, "a" + pixels, operators);
  }

  /** Samples of a network of convolutions of one image size, at all clocks but one. */
  private static Samples samples(SettingGrid grid, int pixels, boolean metered) {
    int[] channels = {4, 8, 12, 16, 24, 32, 48, 64, 96, 128};
    List<Samples.Run> runs = new ArrayList<>();
    for (int x : new int[] {0, 1, 3}) {
      double gigahertz = grid.frequency(x, 0).gigahertz();
      double[] times = new double[channels.length];
      double[] joules = new double[channels.length];
      for (int i = 0; i < channels.length; i++) {
        times[i] = seconds(channels[i], pixels, gigahertz);
        joules[i] = metered ? times[i] * 2 * gigahertz : Double.NaN;
      }
      runs.add(new Samples.Run(x, times, joules));
    }
    return Samples.of(grid, model(pixels, channels), runs);
  }

  private static Samples complete(Samples samples) {
    return samples
        .with(
            new Calibration(
                SwitchCosts.free(1),
                List.of(0.0),
                List.of(new IdleState("idle", 0, 0, 0)),
                List.of(List.of(0.1, 0.1, 0.1, 0.1)),
                Map.of()))
        .with(
            Provenance.of(
                new DeviceIdentity("fake", "Fake", "fa4e", DeviceIdentity.Origin.REAL),
                samples.workload()));
  }

  private static List<Samples> profiles() {
    List<Samples> profiles = new ArrayList<>();
    for (int pixels : new int[] {7, 14, 28, 56}) {
      profiles.add(complete(samples(GRID, pixels, true)));
    }
    return profiles;
  }

  @Test
  void operatorsNeverSeen_areExpectedWithinAQuarter() {
    CostTable costs = LearnedPredictor.train(profiles(), 1).costs(model(20, 20, 40, 80));
    int[] channels = {20, 40, 80};
    for (int i = 0; i < 3; i++) {
      double truth = seconds(channels[i], 20, 1.5);
      assertThat(costs.latencySeconds(i, 2) / truth).isBetween(0.75, 1.25);
      assertThat(costs.energyJoules(i, 2) / (truth * 3)).isBetween(0.6, 1.4);
    }
  }

  @Test
  void aModelNeverRun_getsACostModel_thatNamesItsError_andCertifiesNothing() {
    Workload never = model(20, 20, 40, 80);
    CostModel costs = LearnedPredictor.train(profiles(), 1).predict(never);
    FitReport quality = costs.quality();
    assertThat(quality.basis()).isEqualTo(FitReport.Basis.LEARNED);
    assertThat(quality.certifiesTime()).isFalse();
    assertThat(quality.measuredSettings()).isEmpty();
    assertThat(quality.runs()).isEqualTo(12);
    assertThat(quality.operatorLatencyError()).isBetween(0.001, 0.6);
    assertThat(quality.beatsMeanBaseline()).isTrue();
    assertThat(quality.notes().get(0))
        .startsWith("'net20' was never run: its costs are learned from 4 other models")
        .endsWith("No plan made from them is certified to be in time.");
    assertThat(costs.provenance().modelHash()).isEqualTo("a20");
    assertThat(costs.provenance().device().name()).isEqualTo("fake");
    // What was off when models were left out is held by the margin and the spread.
    assertThat(quality.makespanFactor(0.9)).isGreaterThan(1);
    assertThat(costs.costs().spreadSeconds(0, 0)).isPositive();
  }

  @Test
  void theSameSamplesAndSeed_giveTheSamePredictor() {
    Workload model = model(20, 40);
    assertThat(LearnedPredictor.train(profiles(), 1).costs(model).latencySeconds())
        .isEqualTo(LearnedPredictor.train(profiles(), 1).costs(model).latencySeconds());
  }

  @Test
  void anOperatorFarBeyondTraining_isNotPredictedWithoutBounds() {
    double longest = seconds(128, 56, 0.5);
    CostTable costs = LearnedPredictor.train(profiles(), 1).costs(model(512, 4_096));
    // The law may go a factor e^1.5 = 4.5 beyond, the forest adds what it learned inside.
    assertThat(costs.latencySeconds(0, 1)).isBetween(longest, longest * 10);
  }

  @Test
  void withoutAMeter_latencyIsLearnedAllTheSame() {
    CostTable costs =
        LearnedPredictor.train(List.of(samples(GRID, 14, false), samples(GRID, 28, false)), 1)
            .costs(model(14, 20));
    assertThat(costs.hasEnergy()).isFalse();
    assertThat(costs.latencySeconds(0, 2) / seconds(20, 14, 1.5)).isBetween(0.6, 1.6);
  }

  @Test
  void wrongInput_isRefused() {
    assertThatThrownBy(() -> LearnedPredictor.train(List.of(), 1))
        .hasMessageContaining("there are none")
        .hasMessageContaining("Maybe profile some models on this device first.");
    assertThatThrownBy(
            () ->
                LearnedPredictor.train(
                    List.of(
                        samples(GRID, 14, true), samples(grid(400, 900, 1_300, 1_900), 28, true)),
                    1))
        .hasMessageContaining("'net14' and of 'net28' are of devices with different settings");
    assertThatThrownBy(
            () ->
                LearnedPredictor.train(List.of(complete(samples(GRID, 14, true))), 1)
                    .predict(model(20, 20)))
        .hasMessageContaining("one model ('net14') do not tell how well");
    assertThatThrownBy(
            () ->
                LearnedPredictor.train(List.of(samples(GRID, 14, true), samples(GRID, 28, true)), 1)
                    .predict(model(20, 20)))
        .hasMessageContaining("None of the samples (2 models) carries a calibration");
  }
}
