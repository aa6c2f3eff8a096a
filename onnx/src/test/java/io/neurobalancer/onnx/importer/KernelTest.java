package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KernelTest {

  @Test
  void integerKernels_computeInWhatTheyMultiply_whateverTheyReturn() {
    assertThat(
            Kernels.of("QLinearMatMul")
                .in(DataType.UINT8, 3, 4)
                .out(DataType.FLOAT32, 3, 5)
                .kernel()
                .computeType())
        .isEqualTo(DataType.INT8);
    assertThat(
            Kernels.of("MatMulInteger")
                .absent(1)
                .in(DataType.INT8, 4, 5)
                .out(DataType.INT32, 3, 5)
                .kernel()
                .computeType())
        .isEqualTo(DataType.INT8);
  }

  @Test
  void bytesThatAreZeroPointsOrIndices_doNotMakeAKernelAnIntegerOne() {
    assertThat(
            Kernels.of("DequantizeLinear")
                .in(DataType.FLOAT16, 3, 4)
                .in(DataType.INT8, 4)
                .out(DataType.FLOAT16, 3, 4)
                .kernel()
                .computeType())
        .isEqualTo(DataType.FLOAT16);
    assertThat(Kernels.of("Range").kernel().computeType()).isEqualTo(DataType.FLOAT32);
    assertThat(Kernels.of("Text").out((DataType) null, 3).kernel().computeType())
        .isEqualTo(DataType.FLOAT32);
  }

  @Test
  void weightsInBlocksOfFewBits_areWidenedToTheOtherOperand_orMultipliedInEight() {
    for (String type : List.of("MatMulNBits", "MatMulBnb4")) {
      Kernels blocks =
          Kernels.of(type).in(DataType.FLOAT16, 3, 4).in(DataType.UINT8, 4, 5).out(3, 5);
      assertThat(blocks.kernel().computeType()).isEqualTo(DataType.FLOAT16);
      assertThat(blocks.set("accuracy_level", 4).kernel().computeType()).isEqualTo(DataType.INT8);
      assertThat(blocks.set("accuracy_level", 3).kernel().computeType())
          .isEqualTo(DataType.FLOAT16);
      assertThat(Kernels.of(type).kernel().computeType()).isEqualTo(DataType.FLOAT32);
      assertThat(Kernels.of(type).in((DataType) null, 3).kernel().computeType())
          .isEqualTo(DataType.FLOAT32);
    }
  }

  @Test
  void operandsAndResults_areThereOrNot() {
    Kernel kernel = Kernels.of("Any").in(2, 3).absent(1).out(4).kernel();
    assertThat(kernel.has(0)).isTrue();
    assertThat(kernel.has(1)).isFalse();
    assertThat(kernel.has(2)).isFalse();
    assertThat(kernel.hasOutput(0)).isTrue();
    assertThat(kernel.hasOutput(1)).isFalse();
    assertThat(kernel.input(0)).isEqualTo(TensorShape.of(2, 3));
    assertThat(kernel.output()).isEqualTo(TensorShape.of(4));
    assertThatThrownBy(() -> kernel.input(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernel.output(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aShareOfAnOperand_isAtMostAll_alsoWhereItIsEmpty() {
    assertThat(Kernels.of("Gather").in(8, 5).kernel().share(0, 10)).isEqualTo(0.25);
    assertThat(Kernels.of("Gather").in(8, 5).kernel().share(0, 90)).isEqualTo(1);
    assertThat(Kernels.of("Gather").in(0, 5).kernel().share(0, 0)).isZero();
  }

  @Test
  void theFirstAttributeOfAName_counts_andANodeThatIsUnknownHasNone() {
    Kernel kernel =
        Kernel.of(
            "Conv",
            TinyModels.node("Conv", List.of(), "y", TestProtos.integer("group", 4)).toBuilder()
                .setDomain("com.microsoft")
                .addAttribute(TestProtos.integer("group", 5))
                .build(),
            List.of(),
            List.of());
    assertThat(kernel.integer("group", 1)).isEqualTo(4);
    assertThat(kernel.domain()).isEqualTo("com.microsoft");
    Kernel unknown = Kernel.of("Conv", null, List.of(), List.of());
    assertThat(unknown.integer("group", 1)).isEqualTo(1);
    assertThat(unknown.domain()).isEmpty();
    assertThat(unknown.text("equation")).isEmpty();
    assertThat(unknown.floats("coefficients")).isZero();
    assertThat(unknown.integers("axes")).isEmpty();
  }
}
