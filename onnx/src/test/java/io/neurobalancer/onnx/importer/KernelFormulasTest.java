package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Formulas against loops that count, and against operands that stand where the operators say. */
final class KernelFormulasTest {

  /** Stands for an operand that is left out. */
  private static final long[] ABSENT = {-1};

  private final Map<String, AttributeProto> attributes = new HashMap<>();
  private String domain = "";

  private static @Nullable TensorFact fact(long[] shape) {
    return shape.length == 1 && shape[0] == -1
        ? null
        : new TensorFact(TensorShape.of(shape), DataType.FLOAT32, null);
  }

  private static long[] shape(long... extents) {
    return extents;
  }

  private void set(String name, long value) {
    attributes.put(name, TestProtos.integer(name, value));
  }

  private KernelFormulas.Work work(String type, long[] output, long[]... inputs) {
    List<@Nullable TensorFact> facts = new ArrayList<>();
    for (long[] input : inputs) {
      facts.add(fact(input));
    }
    List<@Nullable TensorFact> outputs = new ArrayList<>();
    outputs.add(fact(output));
    return KernelFormulas.of(new Kernel(type, domain, facts, outputs, attributes));
  }

  /** Multiply-adds of scores and values, counted one by one. */
  private static long attention(
      long batch, long heads, long queries, long keys, long keyWidth, long valueWidth) {
    long count = 0;
    for (long b = 0; b < batch * heads; b++) {
      for (long q = 0; q < queries; q++) {
        for (long k = 0; k < keys; k++) {
          count += keyWidth + valueWidth;
        }
      }
    }
    return 2 * count;
  }

  @Test
  void attentionOfTheStandard_splitOrNot_withAPast_andGroupedHeads() {
    set("q_num_heads", 8);
    set("kv_num_heads", 2);
    long expected = attention(2, 8, 3, 5 + 7, 4, 6);
    assertThat(
            work(
                    "Attention",
                    shape(2, 8, 3, 6),
                    shape(2, 8, 3, 4),
                    shape(2, 2, 5, 4),
                    shape(2, 2, 5, 6),
                    ABSENT,
                    shape(2, 2, 7, 4),
                    shape(2, 2, 7, 6))
                .flops())
        .isEqualTo(expected);
    assertThat(
            work(
                    "Attention",
                    shape(2, 3, 48),
                    shape(2, 3, 32),
                    shape(2, 5, 8),
                    shape(2, 5, 12),
                    ABSENT,
                    shape(2, 2, 7, 4),
                    shape(2, 2, 7, 6))
                .flops())
        .isEqualTo(expected);
  }

  @Test
  void multiHeadAttention_selfAndCross_andPacked() {
    long[] query = shape(2, 3, 32);
    assertThat(work("MultiHeadAttention", query, query, shape(2, 5, 32), shape(2, 5, 32)).flops())
        .isEqualTo(attention(2, 8, 3, 5, 4, 4));
    // Keys of a cross attention come split into heads.
    assertThat(
            work("MultiHeadAttention", query, query, shape(2, 8, 9, 4), shape(2, 8, 9, 4)).flops())
        .isEqualTo(attention(2, 8, 3, 9, 4, 4));
    assertThat(
            work(
                    "MultiHeadAttention",
                    query,
                    query,
                    shape(2, 3, 32),
                    shape(2, 3, 32),
                    ABSENT,
                    ABSENT,
                    ABSENT,
                    shape(2, 8, 6, 4),
                    shape(2, 8, 6, 4))
                .flops())
        .isEqualTo(attention(2, 8, 3, 3 + 6, 4, 4));
    assertThat(work("MultiHeadAttention", query, shape(2, 3, 8, 3, 4)).flops())
        .isEqualTo(attention(2, 8, 3, 3, 4, 4));
  }

  @Test
  void groupedQueries_costAsManyProductsAsHeadsOfQueries_andRotateBoth() {
    set("num_heads", 8);
    set("kv_num_heads", 2);
    long[] query = shape(1, 1, 32);
    long products = attention(1, 8, 1, 1 + 10, 4, 4);
    long[][] operands = {
      query, shape(1, 1, 8), shape(1, 1, 8), shape(1, 2, 10, 4), shape(1, 2, 10, 4)
    };
    assertThat(work("GroupQueryAttention", query, operands).flops()).isEqualTo(products);
    set("do_rotary", 1);
    assertThat(work("GroupQueryAttention", query, operands).flops())
        .isEqualTo(products + 3 * (32 + 8));
  }

  @Test
  void attentionWithItsProjections_countsThem() {
    domain = "com.microsoft";
    long projections = 2L * 2 * 3 * 16 * 48;
    assertThat(work("Attention", shape(2, 3, 16), shape(2, 3, 16), shape(16, 48)).flops())
        .isEqualTo(projections + attention(2, 4, 3, 3, 4, 4));
    assertThat(
            work(
                    "PackedAttention",
                    shape(5, 16),
                    shape(5, 16),
                    shape(16, 48),
                    shape(48),
                    shape(2, 3))
                .flops())
        .isEqualTo(2L * 5 * 16 * 48 + 2L * 5 * 3 * (16 + 16));
  }

  @Test
  void einsteinSums_costWhatTheirIndicesSay() {
    assertThat(einsum("ij,jk->ik", shape(2, 5), shape(2, 3), shape(3, 5))).isEqualTo(2 * 2 * 3 * 5);
    assertThat(einsum("...ij,...jk->...ik", shape(7, 2, 5), shape(7, 2, 3), shape(7, 3, 5)))
        .isEqualTo(2 * 7 * 2 * 3 * 5);
    assertThat(einsum("i,j->ij", shape(4, 5), shape(4), shape(5))).isEqualTo(4 * 5);
    assertThat(einsum("bij->bji", shape(2, 4, 3), shape(2, 3, 4))).isZero();
    assertThat(einsum("ii->", shape(), shape(5, 5))).isEqualTo(25);
    // (i j, j k) first, summed over j, then with (k l).
    assertThat(einsum("ij,jk,kl->il", shape(2, 5), shape(2, 3), shape(3, 4), shape(4, 5)))
        .isEqualTo(2 * 2 * 3 * 4 + 2 * 2 * 4 * 5);
  }

  private long einsum(String equation, long[] output, long[]... inputs) {
    attributes.put(
        "equation",
        AttributeProto.newBuilder()
            .setName("equation")
            .setS(ByteString.copyFromUtf8(equation))
            .build());
    return work("Einsum", output, inputs).flops();
  }

  @Test
  void products_takeTheLengthOfTheDotProduct_fromTheRightAxis() {
    assertThat(work("MatMul", shape(2, 3, 5), shape(2, 3, 4), shape(4, 5)).flops())
        .isEqualTo(2 * 2 * 3 * 4 * 5);
    assertThat(work("MatMul", shape(3), shape(3, 4), shape(4)).flops()).isEqualTo(2 * 3 * 4);
    set("transA", 1);
    assertThat(work("Gemm", shape(3, 5), shape(4, 3), shape(4, 5)).flops())
        .isEqualTo(2 * 3 * 4 * 5);
    assertThat(work("FusedMatMul", shape(3, 5), shape(4, 3), shape(4, 5)).flops())
        .isEqualTo(2 * 3 * 4 * 5);
  }

  @Test
  void anOperandThatIsMissing_makesAnUnknownKernel_notACrash() {
    assertThat(work("Conv", shape(1, 1, 1, 1), shape(1, 1, 1, 1)).kind())
        .isEqualTo(OperatorKind.UNKNOWN);
    assertThat(work("Attention", shape(1, 1, 1), shape(1, 1, 1)).kind())
        .isEqualTo(OperatorKind.UNKNOWN);
    assertThat(work("Nobody", shape(1), shape(1)).kind()).isEqualTo(OperatorKind.UNKNOWN);
  }
}
