package io.neurobalancer.onnx.importer;

import static io.neurobalancer.workload.OperatorKind.CONVOLUTION;
import static io.neurobalancer.workload.OperatorKind.DEPTHWISE_CONVOLUTION;
import static io.neurobalancer.workload.OperatorKind.MATMUL;
import static io.neurobalancer.workload.OperatorKind.POINTWISE_CONVOLUTION;
import static io.neurobalancer.workload.OperatorKind.RECURRENT;
import static io.neurobalancer.workload.OperatorKind.TRANSPOSED_CONVOLUTION;
import static io.neurobalancer.workload.OperatorKind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import org.junit.jupiter.api.Test;

/** Convolutions, products and recurrences against loops that count their multiply-adds. */
final class DenseFormulasTest {

  /** Counts a convolution: each output element reads its group's channels under the window. */
  private static long convolution(
      long batch, long outputs, long pixels, long inputs, long groups, long window) {
    long count = 0;
    for (long n = 0; n < batch; n++) {
      for (long m = 0; m < outputs; m++) {
        for (long p = 0; p < pixels; p++) {
          for (long c = 0; c < inputs / groups; c++) {
            count += window;
          }
        }
      }
    }
    return 2 * count;
  }

  @Test
  void aConvolution_readsItsGroupsChannelsUnderTheWindow_forEachOutput() {
    assertThat(Kernels.of("Conv").in(2, 4, 7, 7).in(6, 4, 3, 3).out(2, 6, 5, 5).work())
        .isEqualTo(new Work(CONVOLUTION, convolution(2, 6, 25, 4, 1, 9)));
    assertThat(Kernels.of("Conv").in(2, 4, 7, 7).in(6, 2, 3, 3).out(2, 6, 5, 5).work())
        .isEqualTo(new Work(CONVOLUTION, convolution(2, 6, 25, 4, 2, 9)));
  }

  @Test
  void aFilterOfOnePixel_isPointwise_unlessItsChannelsComeInGroups() {
    assertThat(Kernels.of("Conv").in(1, 4, 5, 5).in(6, 4, 1, 1).out(1, 6, 5, 5).work())
        .isEqualTo(new Work(POINTWISE_CONVOLUTION, convolution(1, 6, 25, 4, 1, 1)));
    assertThat(Kernels.of("Conv").in(1, 4, 5, 5).in(6, 2, 1, 1).out(1, 6, 5, 5).work())
        .isEqualTo(new Work(CONVOLUTION, convolution(1, 6, 25, 4, 2, 1)));
  }

  @Test
  void aChannelOnItsOwn_isDepthwise_exceptWhereThereIsOnlyOne() {
    assertThat(Kernels.of("Conv").in(1, 4, 5, 5).in(4, 1, 3, 3).out(1, 4, 3, 3).work())
        .isEqualTo(new Work(DEPTHWISE_CONVOLUTION, convolution(1, 4, 9, 4, 4, 9)));
    assertThat(Kernels.of("Conv").in(1, 1, 5, 5).in(4, 1, 3, 3).out(1, 4, 3, 3).work())
        .isEqualTo(new Work(CONVOLUTION, convolution(1, 4, 9, 1, 1, 9)));
    assertThat(Kernels.of("Conv").in(1, 1, 5, 5).in(4, 1, 1, 1).out(1, 4, 5, 5).work())
        .isEqualTo(new Work(POINTWISE_CONVOLUTION, convolution(1, 4, 25, 1, 1, 1)));
  }

  @Test
  void channelsThatComeLast_andAFilterBehindScaleAndZeroPoint_areFound() {
    assertThat(Kernels.of("NhwcFusedConv").in(1, 5, 5, 4).in(6, 4, 1, 1).out(1, 5, 5, 6).work())
        .isEqualTo(new Work(POINTWISE_CONVOLUTION, convolution(1, 6, 25, 4, 1, 1)));
    assertThat(
            Kernels.of("QLinearConv")
                .in(1, 4, 5, 5)
                .in()
                .in()
                .in(4, 1, 3, 3)
                .out(1, 4, 3, 3)
                .work())
        .isEqualTo(new Work(DEPTHWISE_CONVOLUTION, convolution(1, 4, 9, 4, 4, 9)));
  }

  @Test
  void aTransposedConvolution_spreadsEachInputOverItsGroupsOutputs() {
    long count = 0;
    for (int input = 0; input < 2 * 4 * 3 * 3; input++) {
      for (int output = 0; output < 5; output++) {
        count += 2 * 2;
      }
    }
    assertThat(Kernels.of("ConvTranspose").in(2, 4, 3, 3).in(4, 5, 2, 2).out(2, 5, 6, 6).work())
        .isEqualTo(new Work(TRANSPOSED_CONVOLUTION, 2 * count));
  }

  @Test
  void aDeformableConvolution_samplesEachChannelOnceUnderEachWindow() {
    long samples = 0;
    for (int pixel = 0; pixel < 2 * 5 * 5; pixel++) {
      for (int channel = 0; channel < 4; channel++) {
        samples += 9;
      }
    }
    assertThat(Kernels.of("DeformConv").in(2, 4, 7, 7).in(6, 2, 3, 3).out(2, 6, 5, 5).work())
        .isEqualTo(new Work(CONVOLUTION, convolution(2, 6, 25, 4, 2, 9) + 7 * samples));
  }

  @Test
  void aProduct_isAsLongAsTheAxisThatItSumsOver() {
    assertThat(Kernels.of("MatMul").in(3, 4).in(4, 5).out(3, 5).work())
        .isEqualTo(new Work(MATMUL, 2 * 3 * 4 * 5));
    assertThat(
            Kernels.of("FusedMatMul").in(7, 4, 3).in(7, 4, 5).set("transA", 1).out(7, 3, 5).flops())
        .isEqualTo(2 * 7 * 3 * 4 * 5);
    // A vector cannot be transposed, and a scalar scales.
    assertThat(Kernels.of("FusedMatMul").in(4).in(4, 5).set("transA", 1).out(5).flops())
        .isEqualTo(2 * 4 * 5);
    assertThat(Kernels.of("MatMul").in().in(4, 5).out(4, 5).flops()).isEqualTo(2 * 4 * 5);
    assertThat(Kernels.of("Gemm").in(3, 4).in(4, 5).out(3, 5).work())
        .isEqualTo(new Work(MATMUL, 2 * 3 * 4 * 5));
    // What is stored of a sparse operand does not tell its width; the dense one does.
    assertThat(Kernels.of("SparseToDenseMatMul").in(9).in(4, 5).out(3, 5).flops())
        .isEqualTo(2 * 3 * 4 * 5);
  }

  @Test
  void eachRow_goesThroughTheExpertsThatAreChosenForIt() {
    // 3 rows of width 4, 8 experts, an inner width of 6: two products, or three with a gate.
    Kernels two =
        Kernels.of("MoE").in(3, 4).in(3, 8).in(8, 4, 6).in(8, 6).in(8, 6, 4).out(3, 4).set("k", 2);
    assertThat(two.work()).isEqualTo(new Work(MATMUL, 2L * 3 * 2 * (4 * 6 + 6 * 4)));
    assertThat(two.in(8, 4).in(8, 4, 6).flops()).isEqualTo(2L * 3 * 2 * 3 * 4 * 6);
    // Without k one is chosen; without the second product there is one.
    assertThat(Kernels.of("MoE").in(3, 4).in(3, 8).in(8, 4, 6).absent(2).out(3, 4).flops())
        .isEqualTo(2L * 3 * 4 * 6);
    assertThat(Kernels.of("MoE").in(3, 4).in(3, 8).in(8, 4, 6).out(3, 4).set("k", 0).flops())
        .isEqualTo(2L * 3 * 4 * 6);
  }

  @Test
  void packedExperts_countAsWideAsTheyAre_andTheirScalesDoNot() {
    // Four bits, two to a byte: 8 x 16 x 4 bytes are 8 matrices of 16 by 8. Scales have rank 3 too
    // where they come in blocks.
    assertThat(
            Kernels.of("QMoE")
                .in(3, 8)
                .in(3, 8)
                .in(8, 16, 4)
                .in(8, 16, 2)
                .absent(1)
                .out(3, 8)
                .flops())
        .isEqualTo(2L * 3 * 16 * 8);
    // The second product goes back from 16 to 8: 8 x 8 x 8 bytes are 8 matrices of 8 by 16.
    assertThat(
            Kernels.of("QMoE")
                .in(3, 8)
                .in(3, 8)
                .in(8, 16, 4)
                .in(8, 16, 2)
                .absent(1)
                .in(8, 8, 8)
                .in(8, 8, 4)
                .out(3, 8)
                .flops())
        .isEqualTo(2L * 3 * (16 * 8 + 8 * 16));
  }

  @Test
  void aRecurrence_usesEachWeightOncePerStep() {
    // 5 steps of 2 sequences, both directions, 4 gates of 3 units, 6 inputs.
    long count = 0;
    for (int step = 0; step < 5 * 2; step++) {
      for (int unit = 0; unit < 2 * 4 * 3; unit++) {
        count += 6 + 3;
      }
    }
    assertThat(Kernels.of("LSTM").in(5, 2, 6).in(2, 12, 6).in(2, 12, 3).out(5, 2, 2, 3).work())
        .isEqualTo(new Work(RECURRENT, 2 * count));
  }

  @Test
  void countsThatNoNumberHolds_makeAnUnknownKernel() {
    // Twice 2^62 is more than 2^63 - 1.
    assertThat(Kernels.of("MatMul").in(1L << 31, 1).in(1, 1L << 31).out(1L << 31, 1L << 31).work())
        .isEqualTo(new Work(UNKNOWN, 0));
    assertThat(Kernels.of("MatMul").in(1L << 31, 1).in(1, 1L << 32).out(1L << 31, 1L << 32).work())
        .isEqualTo(new Work(UNKNOWN, 0));
    // An empty tensor costs nothing, and is known to.
    assertThat(Kernels.of("MatMul").in(0, 4).in(4, 5).out(0, 5).work())
        .isEqualTo(new Work(MATMUL, 0));
  }
}
