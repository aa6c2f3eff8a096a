package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import io.neurobalancer.workload.OperatorKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels that do the same to each element: a reader's count for one, times the elements. */
final class SimpleFormulasTest {

  @ParameterizedTest
  @CsvSource({
    // kernel, kind, operations per element of its output (7 elements)
    "Add, ELEMENTWISE, 1",
    "Exp, ELEMENTWISE, 8",
    "RotaryEmbedding, ELEMENTWISE, 3",
    "Relu, ACTIVATION, 1",
    "HardSwish, ACTIVATION, 4",
    "Sigmoid, ACTIVATION, 12",
    "Resize, RESIZE, 7",
    "EmbedLayerNormalization, NORMALIZATION, 10",
    "Gather, GATHER, 0",
    "GatherBlockQuantized, GATHER, 2",
    "Transpose, DATA_MOVEMENT, 0",
    "Reshape, SHAPE, 0",
    "If, DATA_MOVEMENT, 0",
    "Scaler, ELEMENTWISE, 2",
    "Imputer, ELEMENTWISE, 1",
    "LabelEncoder, GATHER, 0",
    "OneHotEncoder, DATA_MOVEMENT, 0",
    "ZipMap, DATA_MOVEMENT, 0",
    "TfIdfVectorizer, GATHER, 0"
  })
  void perElementOfTheResult(String type, OperatorKind kind, long each) {
    assertThat(Kernels.of(type).in(5).out(7).work()).isEqualTo(new Work(kind, 7 * each));
  }

  @ParameterizedTest
  @CsvSource({
    // kernel, kind, operations per element of its input (5 elements)
    "GlobalAveragePool, POOLING, 1",
    "LayerNormalization, NORMALIZATION, 8",
    "SkipLayerNormalization, NORMALIZATION, 10",
    "BatchNormalization, NORMALIZATION, 2",
    "Softmax, SOFTMAX, 12",
    "ReduceMean, REDUCTION, 1",
    "QuantizeLinear, QUANTIZATION, 2",
    "Normalizer, NORMALIZATION, 3"
  })
  void perElementOfTheOperand(String type, OperatorKind kind, long each) {
    assertThat(Kernels.of(type).in(5).out(7).work()).isEqualTo(new Work(kind, 5 * each));
  }

  @Test
  void pooling_readsItsWindowForEachOutput() {
    assertThat(
            Kernels.of("MaxPool").in(1, 2, 8, 8).out(1, 2, 4, 3).list("kernel_shape", 2, 3).work())
        .isEqualTo(new Work(OperatorKind.POOLING, 2 * 4 * 3 * (2 * 3)));
  }

  @Test
  void theLargestOfThree_takesTwoComparisons_aMeanADivisionToo_andOneOperandIsCopied() {
    assertThat(Kernels.of("Max").in(7).in(7).in(7).out(7).work())
        .isEqualTo(new Work(OperatorKind.ELEMENTWISE, 2 * 7));
    assertThat(Kernels.of("Mean").in(7).in(7).in(7).out(7).flops()).isEqualTo(3 * 7);
    assertThat(Kernels.of("Sum").in(7).out(7).flops()).isZero();
    assertThat(Kernels.of("Sum").out(7).flops()).isZero();
  }
}
