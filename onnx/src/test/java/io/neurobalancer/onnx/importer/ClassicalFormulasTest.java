package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import io.neurobalancer.workload.OperatorKind;
import org.junit.jupiter.api.Test;

/** Trees, lines, support vectors, transforms and eliminations, counted by hand. */
final class ClassicalFormulasTest {

  /**
   * Two trees: 0 is a choice of 1 (a choice of 3 and 4) and 2, so two levels deep; the other is a
   * choice of two leaves. Node 0 stands in the middle, as no order is promised.
   */
  private static Kernels trees() {
    return Kernels.of("TreeEnsembleRegressor")
        .out(6, 1)
        .list("nodes_treeids", 7, 7, 7, 7, 7, 9, 9, 9)
        .list("nodes_nodeids", 1, 3, 0, 4, 2, 0, 1, 2)
        .list("nodes_truenodeids", 3, 0, 1, 0, 0, 1, 0, 0)
        .list("nodes_falsenodeids", 4, 0, 2, 0, 0, 2, 0, 0)
        .texts(
            "nodes_modes",
            "BRANCH_LEQ",
            "LEAF",
            "BRANCH_LEQ",
            "LEAF",
            "LEAF",
            "BRANCH_LEQ",
            "LEAF",
            "LEAF");
  }

  @Test
  void aRow_goesDownEachTreeToItsDeepestLeaf() {
    assertThat(trees().in(6, 4).work())
        .isEqualTo(new Work(OperatorKind.GATHER, 2 * 6 * (2 + 1), 8 * 20));
    // A vector is one row.
    assertThat(trees().in(4).flops()).isEqualTo(2 * (2 + 1));
  }

  @Test
  void treesWhoseListsDoNotFit_areUnknown() {
    Work unknown = new Work(OperatorKind.UNKNOWN, 0);
    assertThat(trees().in(6, 4).texts("nodes_modes", "LEAF").work()).isEqualTo(unknown);
    assertThat(trees().in(6, 4).list("nodes_nodeids", 1).work()).isEqualTo(unknown);
    assertThat(trees().in(6, 4).list("nodes_truenodeids", 1).work()).isEqualTo(unknown);
    assertThat(trees().in(6, 4).list("nodes_falsenodeids", 1).work()).isEqualTo(unknown);
    assertThat(Kernels.of("TreeEnsembleClassifier").in(6, 4).out(6).work()).isEqualTo(unknown);
  }

  @Test
  void treesThatOnlyTellTheirSize_areTakenToBeBalanced() {
    // Two trees of 7 choices: three levels each.
    assertThat(
            Kernels.of("TreeEnsemble")
                .in(6, 4)
                .out(6, 1)
                .list("nodes_featureids", new long[14])
                .list("tree_roots", 0, 7)
                .work())
        .isEqualTo(new Work(OperatorKind.GATHER, 2 * 6 * 2 * 3, 14 * 20));
    assertThat(Kernels.of("TreeEnsemble").in(6, 4).out(6, 1).flops()).isEqualTo(2 * 6);
  }

  @Test
  void linesAndSupportVectors_multiplyEachRowByAllThatTheyStore() {
    assertThat(Kernels.of("LinearRegressor").in(6, 4).out(6, 3).floats("coefficients", 12).work())
        .isEqualTo(new Work(OperatorKind.MATMUL, 2 * 6 * 12, 4 * 12));
    assertThat(
            Kernels.of("SVMRegressor")
                .in(6, 4)
                .out(6, 1)
                .floats("support_vectors", 20)
                .floats("coefficients", 5)
                .work())
        .isEqualTo(new Work(OperatorKind.MATMUL, 2 * 6 * (20 + 5), 4 * (20 + 5)));
  }

  @Test
  void aFastTransform_takesFiveOperationsPerPointAndDoubling() {
    // 8 points double three times: 5 * 8 * 3; 3 signals of complex numbers.
    assertThat(Kernels.of("DFT").in(3, 8, 2).out(3, 8, 2).set("axis", 1).work())
        .isEqualTo(new Work(OperatorKind.REDUCTION, 3 * 5 * 8 * 3));
    assertThat(Kernels.of("DFT").in(3, 8, 2).out(3, 8, 2).flops()).isEqualTo(3 * 5 * 8 * 3);
    // Real in, half of the bins out: as many points as went in, or came out.
    assertThat(Kernels.of("DFT").in(3, 8, 1).out(3, 5, 2).flops()).isEqualTo(3 * 5 * 8 * 3);
    assertThat(Kernels.of("DFT").in(3, 5, 2).out(3, 8, 2).flops()).isEqualTo(3 * 5 * 8 * 3);
    // Without a batch the only axis is the first.
    assertThat(Kernels.of("Rfft").in(8, 1).out(8, 2).flops()).isEqualTo(5 * 8 * 3);
    assertThat(Kernels.of("DFT").in(3, 1, 2).out(3, 1, 2).flops()).isEqualTo(3 * 5);
  }

  @Test
  void aTransformOfFrames_weighsEachPointFirst() {
    // 2 signals of 6 frames; 5 bins of real numbers come from 8 points.
    long each = 5 * 8 * 3 + 8;
    assertThat(Kernels.of("STFT").in(2, 64, 1).out(2, 6, 5, 2).work())
        .isEqualTo(new Work(OperatorKind.REDUCTION, 2 * 6 * each));
    assertThat(Kernels.of("STFT").in(2, 64, 1).out(2, 6, 8, 2).set("onesided", 0).flops())
        .isEqualTo(2 * 6 * each);
    // A window tells its own length.
    assertThat(Kernels.of("STFT").in(2, 64, 1).in().in(16).out(2, 6, 5, 2).flops())
        .isEqualTo(2 * 6 * (5 * 16 * 4 + 16));
  }

  @Test
  void anElimination_takesTwoThirdsOfACube_andAnInverseTwice() {
    assertThat(Kernels.of("Det").in(4, 3, 3).out(4).work())
        .isEqualTo(new Work(OperatorKind.MATMUL, 4 * 18));
    assertThat(Kernels.of("Inverse").in(4, 3, 3).out(4, 3, 3).flops()).isEqualTo(2 * 4 * 18);
    assertThat(Kernels.of("Det").in(4, 0, 0).out(4).work())
        .isEqualTo(new Work(OperatorKind.MATMUL, 0));
  }
}
