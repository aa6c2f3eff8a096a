package io.neurobalancer.onnx.engine;

import static io.neurobalancer.onnx.engine.TestGraph.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.onnx.TestProtos;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long operators take is the machine's affair; that none is forgotten is ours. */
final class OperatorProfilerTest {

  @TempDir private Path folder;

  private EngineOptions options() {
    return EngineOptions.defaults().withThreads(1).withCacheFolder(folder.resolve("cache"));
  }

  @Test
  void everyOperator_isMatched_andTakesTime() throws IOException {
    Path model = TestGraph.chain("chain", 5, 64, 8).write(folder);
    OperatorProfile profile = OperatorProfiler.profile(model, options(), 20);
    assertThat(profile.operators())
        .hasSize(11)
        .allMatch(operator -> operator.match() == OperatorProfile.Match.OWN)
        .allMatch(operator -> operator.kernels().size() == 1)
        .allMatch(operator -> operator.spreadSeconds() >= 0);
    assertThat(profile.notFound()).isEmpty();
    assertThat(profile.runs()).isEqualTo(20);
    assertThat(profile.sumSeconds()).isPositive();
    assertThat(profile.wholeSeconds()).isPositive();
  }

  @Test
  void aFusedOperator_sharesItsKernelsTime_andNoCutGoesBetweenThem() throws Exception {
    TestGraph graph =
        new TestGraph("residual")
            .input("x", FLOAT, 1, 16, 16, 16)
            .weight("w0", 16, 16, 3, 3)
            .weight("w1", 16, 16, 3, 3)
            .node("Conv", "x", "w0", "a", TestProtos.integers("pads", 1, 1, 1, 1))
            .node("Conv", "a", "w1", "b", TestProtos.integers("pads", 1, 1, 1, 1))
            .node("Add", "a", "b", "c")
            .node("Softmax", "c", "y")
            .output("y", FLOAT, 1, 16, 16, 16);
    Path model = graph.write(folder);
    OperatorProfile profile = OperatorProfiler.profile(model, options(), 5);
    assertThat(profile.notFound()).isEmpty();
    assertThat(profile.operators()).hasSize(4).allMatch(o -> o.latencySeconds() >= 0);
    try (Splits splits = new Splits(model, options(), folder.resolve("segments"))) {
      // On processors with blocked layouts the addition runs inside the second convolution.
      boolean fused = profile.operators().get(1).match() == OperatorProfile.Match.FUSED;
      assertThat(splits.allowed()).extracting(Cut::operator).contains(1, 3);
      assertThat(splits.allowed().stream().anyMatch(cut -> cut.operator() == 2)).isEqualTo(!fused);
      if (fused) {
        assertThat(profile.operators().get(1).kernels())
            .isEqualTo(profile.operators().get(2).kernels());
        assertThat(profile.operators().get(1).latencySeconds())
            .isGreaterThan(profile.operators().get(2).latencySeconds());
      }
    }
  }

  @Test
  void noRuns_areRefused() {
    assertThatThrownBy(() -> OperatorProfiler.profile(folder, options(), 0))
        .hasMessageContaining("(0) must be positive");
  }
}
