package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.ModelFacts;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One small model for each kind of input that was once misread, with its right value. */
final class CasesTest {

  @TempDir Path scratch;

  static Path file(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(CasesTest.class.getResource("/cases/" + name + ".onnx"), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Workload probe(String name, String... shapes) {
    return probe(name, List.of(shapes), List.of());
  }

  private Workload probe(String name, List<String> shapes, List<String> values) {
    return Probe.run(name, file(name), InputBindings.parse(shapes, values), scratch).workload();
  }

  private ThrowingCallable probing(String name, String... shapes) {
    return () -> probe(name, shapes);
  }

  private static Operator only(Workload workload, OperatorKind kind) {
    return workload.operators().stream()
        .filter(operator -> operator.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void initializersAmongTheInputs_areWeights() {
    Workload workload = probe("ir3-equal-biases");
    assertThat(workload.operators()).extracting(Operator::flops).containsExactly(28_800L, 18_432L);
    assertThat(workload.weightBytes()).isEqualTo(2 * 4 * 36 * 4 + 4 * 4);
  }

  @Test
  void aLoop_countsItsBodyTimesItsTrips() {
    Workload workload = probe("loop-matmul-20");
    assertThat(workload.flops()).isEqualTo(20L * 2 * 64 * 64 * 64);
    assertThat(workload.weightBytes()).isEqualTo(16_384);
    assertThat(workload.operators())
        .extracting(Operator::kind)
        .containsExactly(OperatorKind.MATMUL);
    assertThat(workload.facts().controlFlow())
        .containsExactly(
            new ModelFacts.ControlFlow(
                "Loop",
                "Loop",
                List.of(new ModelFacts.Body("body", 20, 2, 20L * 2 * 64 * 64 * 64, 16_384))));
  }

  @Test
  void anIf_countsTheBranchTaken_andListsBoth() {
    Workload workload = probe("if-conv-body");
    Operator taken = only(workload, OperatorKind.CONVOLUTION);
    assertThat(taken.flops()).isEqualTo(4_718_592);
    assertThat(taken.weightBytes()).isEqualTo(9_216);
    assertThat(workload.facts().controlFlow().get(0).bodies())
        .extracting(ModelFacts.Body::executions)
        .containsExactly(0L, 1L);
    Workload other = probe("if-conv-body", List.of(), List.of("rate=2"));
    assertThat(only(other, OperatorKind.ELEMENTWISE).flops()).isEqualTo(1);
    assertThat(other.flops()).isEqualTo(1 + 16 * 32 * 32);
  }

  @Test
  void aBranchThatDoesNotFitTheShapes_isNotTaken() {
    Workload workload = probe("if-two-rates", "x=1,512");
    // A convolution of 4 filters over 512 samples; a cell of 32 gates that reads 4 and 8 numbers.
    assertThat(only(workload, OperatorKind.CONVOLUTION).flops())
        .isEqualTo(2 * 4 * 512 + 2 * 32 * (4 + 8));
  }

  @Test
  void halfPrecision_isTheTwinOfSingle_atHalfTheBytes() {
    Workload half = probe("conv-pair-fp16");
    Workload single = probe("conv-pair-fp32");
    assertThat(half.weightBytes()).isEqualTo(73_728);
    assertThat(single.weightBytes()).isEqualTo(147_456);
    assertThat(half.operators()).hasSize(2);
    assertThat(half.operators())
        .extracting(Operator::dataType)
        .containsExactly(DataType.FLOAT16, DataType.FLOAT16);
    for (int i = 0; i < 2; i++) {
      Operator a = half.operators().get(i);
      Operator b = single.operators().get(i);
      assertThat(a.flops()).isEqualTo(b.flops());
      assertThat(2 * a.bytes()).isEqualTo(b.bytes());
    }
  }

  @ParameterizedTest(name = "{0}: {1} FLOPs, {2} bytes of weights, {3}")
  @CsvSource({
    "ms-attention-past, 155904, 49920, ATTENTION",
    "onnx-attention-23, 4194304, 0, ATTENTION",
    "einsum-batched-heads, 3145728, 0, MATMUL",
    "embed-layer-norm, 10240, 388096, NORMALIZATION",
    "sparse-weight, 32768, 65536, MATMUL",
    "external-in-constant, 8192, 16384, MATMUL",
    "trees-100x127, 1200, 254000, GATHER",
    "deform-conv, 5750784, 9216, CONVOLUTION"
  })
  void oneOperator_isCountedByItsFormula(
      String name, long flops, long weightBytes, OperatorKind kind) {
    Workload workload = probe(name);
    assertThat(workload.operators()).extracting(Operator::kind).containsExactly(kind);
    assertThat(workload.flops()).isEqualTo(flops);
    assertThat(workload.weightBytes()).isEqualTo(weightBytes);
  }

  @Test
  void aLookUp_touchesItsRows_notTheTable() {
    Operator operator = probe("embed-layer-norm").operators().get(0);
    long rows = 16 * 64 * 4;
    // 16 rows of words and of positions, both rows of segments, scale and shift.
    assertThat(operator.weightBytes()).isEqualTo(2 * rows + 2 * 64 * 4 + 2 * 64 * 4);
  }

  @Test
  void valuesOfInputs_areStated_andMayBeGiven() {
    Workload assumed = probe("input-is-length");
    assertThat(assumed.flops()).isEqualTo(2_097_152);
    assertThat(assumed.facts().assumptions())
        .containsExactly("the input len holds 256 (assumed; --input len=VALUE sets it)");
    Workload given = probe("input-is-length", List.of(), List.of("len=1"));
    assertThat(given.flops()).isEqualTo(8_192);
    assertThat(given.facts().assumptions()).isEmpty();
    assertThat(given.hash()).isNotEqualTo(assumed.hash());
  }

  @Test
  void aTargetShape_isAskedFor() {
    assertThatThrownBy(probing("input-is-target-shape"))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("--input shape=1,64");
    assertThat(probe("input-is-target-shape", List.of(), List.of("shape=1,64")).flops())
        .isEqualTo(2 * 64 * 8);
  }

  @Test
  void dimensionsOfOneName_areTied() {
    Workload workload = probe("dims-tied-by-name", "ids=1,64");
    assertThat(only(workload, OperatorKind.MATMUL).flops()).isEqualTo(2 * 64 * 32);
    assertThat(probe("dims-tied-by-name", "sequence=64").flops()).isEqualTo(workload.flops());
    assertThatThrownBy(probing("dims-tied-by-name", "ids=1,64", "mask=1,128"))
        .hasMessageContaining("'sequence'")
        .hasMessageContaining("64 in ids[batch, sequence]")
        .hasMessageContaining("128 in mask[batch, sequence]");
  }

  @Test
  void aBatch_isOne_whereverItStands() {
    Workload workload = probe("dims-batch-not-first");
    assertThat(workload.flops()).isEqualTo(2 * 32 * 32 + 2 * 32);
    assertThat(workload.facts().assumptions())
        .containsExactly("batch is 1 (assumed; --shape batch=N sets it)");
  }

  @Test
  void aPast_mayBeEmpty_andIsStatedWhenItIsNotGiven() {
    assertThat(probe("dims-past-empty", "past=1,2,0,16").flops()).isEqualTo(2 * 2 * 8 * 16 * 16);
    Workload full = probe("dims-past-empty");
    assertThat(full.flops()).isEqualTo(2 * 2 * (128 + 8) * 16 * 16);
    assertThat(full.facts().assumptions())
        .hasSize(1)
        .first()
        .asString()
        .contains("past_len is 128");
  }

  @Test
  void inputsThatAreNoPlainTensors_areFed_orNamed() {
    assertThat(probe("input-string").facts().assumptions().get(0)).contains("the text '1'");
    assertThat(only(probe("input-uint16"), OperatorKind.MATMUL).flops()).isEqualTo(1_024);
    assertThatThrownBy(probing("input-map"))
        .hasMessageContaining("The input 'm' of 'input-map' is a map");
  }

  @Test
  void nothingLeftToRun_isSaid() {
    assertThatThrownBy(probing("all-folded")).hasMessageContaining("no operator left to run");
  }

  @Test
  void inputsThatFillTheMemory_areRefused() {
    assertThatThrownBy(probing("image-too-large", "x=1,3,30000,30000"))
        .hasMessageContaining("10.8 GB");
    assertThatThrownBy(probing("dim-2e9")).hasMessageContaining("8.0 GB");
  }

  @Test
  void weightsOfFourBits_areHalfABytes() {
    Workload workload = probe("int4-qdq-conv");
    Operator dequantization = only(workload, OperatorKind.QUANTIZATION);
    assertThat(dequantization.flops()).isEqualTo(2 * 2_304);
    assertThat(dequantization.weightBytes()).isEqualTo(1_152 + 16 * 4);
  }

  @Test
  void aWeightOfManyUsers_isStoredOnce_andReadByEach() {
    Workload workload = probe("shared-weight");
    assertThat(workload.weightBytes()).isEqualTo(262_144);
    assertThat(workload.operators().stream().mapToLong(Operator::weightBytes).sum())
        .isEqualTo(3 * 262_144);
  }

  @Test
  void aNewerModel_isSaidToBeNewer() {
    assertThatThrownBy(probing("opset-30"))
        .hasMessageContaining("newer than the bundled ONNX Runtime knows")
        .hasMessageContaining("opset 30")
        .hasMessageNotContaining(".cc");
  }

  @Test
  void names_reachNoTerminalRaw() {
    for (String name : List.of("names-with-controls", "ansi", "blank-name")) {
      for (Operator operator : probe(name).operators()) {
        assertThat(operator.name()).matches("[\\x20-\\x7e]+").isNotBlank();
      }
    }
    assertThat(probe("names-with-controls").operators().get(0).name())
        .isEqualTo("layer<U+000A><U+001B>[31mred<U+001B>[0m");
  }

  @Test
  void eightBitsOutsideAndInsideABranch_areCounted() {
    Workload workload = probe("int8-outside-and-inside-if");
    // Two conversions of 8 numbers outside; four and a rectifier inside.
    assertThat(workload.flops()).isEqualTo(2 * 16 + 4 * 16 + 8);
  }

  @Test
  void aPointer_isNamed() {
    assertThatThrownBy(probing("lfs-pointer"))
        .hasMessageContaining("Git LFS pointer")
        .hasMessageContaining("git lfs pull");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "ext-passwd, no file in the model's folder",
    "ext-zero2g, no file in the model's folder",
    "ext-neg, no number of bytes",
    "ext-dup, twice"
  })
  void weightsElsewhere_areReadOnlyFromTheModelsFolder(String name, String reason) {
    assertThatThrownBy(probing(name))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aLongName_costsNoTime() {
    assertThatThrownBy(probing("redos-2000"))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("equation");
  }
}
