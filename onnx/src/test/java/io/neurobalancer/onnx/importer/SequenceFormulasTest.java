package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import io.neurobalancer.workload.OperatorKind;
import org.junit.jupiter.api.Test;

/** Attention beyond its plain forms, and Einstein sums, against loops that count. */
final class SequenceFormulasTest {

  /** Two operations for each query, each key that it meets and each width of keys and values. */
  private static long products(long queries, long keys, long widths) {
    long count = 0;
    for (long q = 0; q < queries; q++) {
      for (long k = 0; k < keys; k++) {
        count += widths;
      }
    }
    return 2 * count;
  }

  @Test
  void aPast_lengthensTheKeys_whereverItsOperandStands() {
    // 2 sequences of 3 tokens, width 16, and 5 tokens of the past in 4 heads of width 4.
    long projections = 2L * 2 * 3 * 16 * 48;
    long expected = projections + products(2 * 3, 3 + 5, 16 + 16);
    assertThat(
            Kernels.of("Attention")
                .domain("com.microsoft")
                .in(2, 3, 16)
                .in(16, 48)
                .absent(2)
                .in(2, 2, 4, 5, 4)
                .out(2, 3, 16)
                .work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, expected));
    assertThat(
            Kernels.of("QAttention")
                .in(2, 3, 16)
                .in(16, 48)
                .absent(6)
                .in(2, 2, 4, 5, 4)
                .out(2, 3, 16)
                .flops())
        .isEqualTo(expected);
    // What stands at the same place but has another rank is no past.
    assertThat(
            Kernels.of("Attention")
                .domain("com.microsoft")
                .in(2, 3, 16)
                .in(16, 48)
                .absent(2)
                .in(2, 3, 5, 7)
                .out(2, 3, 16)
                .flops())
        .isEqualTo(projections + products(2 * 3, 3, 16 + 16));
  }

  @Test
  void valuesNarrowerThanKeys_leaveTheRestOfTheProjectionToQueriesAndKeys() {
    // Projections to 12 + 12 + 8.
    assertThat(Kernels.of("QAttention").in(2, 3, 16).in(16, 32).out(2, 3, 8).flops())
        .isEqualTo(2L * 2 * 3 * 16 * 32 + products(2 * 3, 3, 12 + 8));
    assertThat(
            Kernels.of("PackedAttention").in(5, 16).in(16, 32).absent(1).in(2, 3).out(5, 8).flops())
        .isEqualTo(2L * 5 * 16 * 32 + products(5, 3, 12 + 8));
  }

  @Test
  void aMaskedDecoder_findsItsPastAtTheSixthOperand_andOthersAtTheSeventh() {
    Kernels masked =
        Kernels.of("DecoderMaskedMultiHeadAttention").in(2, 1, 16).in(2, 1, 16).in(2, 1, 16);
    assertThat(masked.absent(2).in(2, 4, 9, 4).out(2, 1, 16).work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, products(2, 1 + 9, 16 + 16)));
    // Queries alone meet themselves and the past.
    assertThat(
            Kernels.of("MultiHeadAttention")
                .in(2, 3, 16)
                .absent(5)
                .in(2, 4, 9, 4)
                .out(2, 3, 16)
                .flops())
        .isEqualTo(products(2 * 3, 3 + 9, 16 + 16));
    assertThat(
            Kernels.of("MultiHeadAttention")
                .in(2, 3, 16)
                .absent(4)
                .in(2, 4, 9, 4)
                .out(2, 3, 16)
                .flops())
        .isEqualTo(products(2 * 3, 3, 16 + 16));
  }

  @Test
  void theSecondResultOfGroupedQueries_tellsHowManyKeysTheyMeet() {
    Kernels grouped =
        Kernels.of("GroupQueryAttention")
            .in(2, 1, 32)
            .in(2, 1, 8)
            .in(2, 1, 8)
            .in(2, 2, 10, 4)
            .out(2, 1, 32)
            .set("num_heads", 8);
    assertThat(grouped.work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, products(2, 1 + 10, 32 + 32)));
    // Rotated keys are as wide as queries where nobody says that there are fewer of them.
    assertThat(grouped.set("do_rotary", 1).flops())
        .isEqualTo(products(2, 11, 64) + 3 * 2 * (32 + 32));
    assertThat(grouped.out(2, 2, 64, 4).set("do_rotary", 0).flops()).isEqualTo(products(2, 64, 64));
  }

  @Test
  void packedHeads_meetTheLongestSequence_andAWindowNoMoreThanThereAre() {
    assertThat(
            Kernels.of("PackedMultiHeadAttention")
                .in(5, 16)
                .in(5, 16)
                .in(5, 16)
                .absent(1)
                .in(2, 3)
                .out(5, 16)
                .work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, products(5, 3, 16 + 16)));
    Kernels windowed = Kernels.of("LongformerAttention").in(2, 9, 16).in(16, 48).out(2, 9, 16);
    long projections = 2L * 2 * 9 * 16 * 48;
    assertThat(windowed.set("window", 2).work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, projections + products(2 * 9, 2 + 1 + 2, 32)));
    assertThat(windowed.set("window", 8).flops()).isEqualTo(projections + products(2 * 9, 9, 32));
  }

  @Test
  void headsOfTheStandard_shareValuesThatAreAsWideAsTheirOwnNumberSays() {
    // 4 query heads of width 3, 2 heads of values of width 5, keys as wide as queries.
    assertThat(
            Kernels.of("Attention")
                .in(1, 6, 12)
                .in(1, 7, 6)
                .in(1, 7, 10)
                .out(1, 6, 20)
                .set("q_num_heads", 4)
                .set("kv_num_heads", 2)
                .work())
        .isEqualTo(new Work(OperatorKind.ATTENTION, products(6, 7, 12 + 20)));
  }

  private static Kernels einsum(String equation) {
    return Kernels.of("Einsum").set("equation", equation);
  }

  @Test
  void anEquationWithoutAnArrow_keepsWhatOccursOnce_andTheDots() {
    Work product = new Work(OperatorKind.MATMUL, 2 * 2 * 3 * 5);
    assertThat(einsum("ij,jk").in(2, 3).in(3, 5).out(2, 5).work()).isEqualTo(product);
    assertThat(einsum(" i j , j k -> i k ").in(2, 3).in(3, 5).out(2, 5).work()).isEqualTo(product);
    assertThat(einsum("...ij,...jk").in(7, 2, 3).in(7, 3, 5).out(7, 2, 5).flops())
        .isEqualTo(7 * 2 * 2 * 3 * 5);
    // Nothing is summed: one product each.
    assertThat(einsum("i,j").in(4).in(5).out(4, 5).flops()).isEqualTo(4 * 5);
    assertThat(einsum("...i,...i->...i").in(7, 4).in(7, 4).out(7, 4).flops()).isEqualTo(7 * 4);
    // Dots that the result leaves out are summed.
    assertThat(einsum("...i,...i->i").in(7, 4).in(7, 4).out(4).flops()).isEqualTo(2 * 7 * 4);
  }

  @Test
  void anExtentOfOne_isBroadcast_andDotsAreCountedFromTheEnd() {
    assertThat(einsum("...ij,...jk->...ik").in(1, 2, 3).in(7, 3, 5).out(7, 2, 5).flops())
        .isEqualTo(7 * 2 * 2 * 3 * 5);
    assertThat(einsum("...i,...i->...").in(6, 7, 4).in(7, 4).out(6, 7).flops())
        .isEqualTo(2 * 6 * 7 * 4);
    assertThat(einsum("i...,i...->i...").in(4, 6, 7).in(4, 6, 7).out(4, 6, 7).flops())
        .isEqualTo(4 * 6 * 7);
  }

  @Test
  void aChain_dropsAnIndexAsSoonAsNobodyNeedsIt() {
    // j is needed by the third operand still: nothing is summed at first.
    assertThat(einsum("ij,ij,j->i").in(2, 3).in(2, 3).in(3).out(2).flops())
        .isEqualTo(2 * 3 + 2 * (2 * 3));
  }

  @Test
  void oneOperand_isSummedOrMoved() {
    assertThat(einsum("ij->i").in(4, 5).out(4).work())
        .isEqualTo(new Work(OperatorKind.REDUCTION, 20));
    assertThat(einsum("ij->ji").in(4, 5).out(5, 4).work())
        .isEqualTo(new Work(OperatorKind.DATA_MOVEMENT, 0));
  }

  @Test
  void equationsThatDoNotFitTheirOperands_areUnknown() {
    Work unknown = new Work(OperatorKind.UNKNOWN, 0);
    assertThat(einsum("ij,jk->ik").in(2, 3).out(2, 5).work()).isEqualTo(unknown);
    assertThat(einsum("ij->i").in(2, 3, 4).out(2).work()).isEqualTo(unknown);
    assertThat(einsum("ij->i").in(2).out(2).work()).isEqualTo(unknown);
    assertThat(einsum("...ij->i").in(2).out(2).work()).isEqualTo(unknown);
    assertThat(einsum("").in().out().work()).isEqualTo(unknown);
    long many = 1L << 22;
    assertThat(einsum("ij,jk->ik").in(many, many).in(many, many).out(many, many).work())
        .isEqualTo(unknown);
  }
}
