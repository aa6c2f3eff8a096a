package io.neurobalancer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.neurobalancer.onnx.engine.Cutting;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.target.RunResult;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run, and do what they say; how fast is the machine's affair. */
final class ExamplesTest {

  @TempDir private static Path folder;

  private static Path model;
  private static EngineOptions options;

  @BeforeAll
  static void aModel() {
    model = ModelZoo.materialize(ModelZoo.find("shufflenet-v2-1.0x").orElseThrow(), folder);
    options =
        EngineOptions.defaults()
            .withThreads(1)
            .withCacheFolder(folder.resolve("segments"))
            .withCutting(new Cutting.Exactly(3));
  }

  @Test
  void oneShot_givesTheSameClass_wholeAndInSegments() throws OrtException {
    int whole = OneShot.classify(model, options.withCutting(Cutting.NONE), OneShot.grey(224));
    assertThat(OneShot.classify(model, options, OneShot.grey(224))).isEqualTo(whole);
  }

  @Test
  void theCameraLoop_classifiesEveryFrame() throws OrtException {
    RunResult result = CameraLoop.run(model, options, 6);
    assertThat(result.jobs()).isEqualTo(6);
    assertThat(result.joules()).isNaN();
    assertThat(result.notes()).contains("Energy was not measured: no meter.");
  }

  @Test
  void twoModels_bothRun() {
    RunResult result = TwoModels.run(model, model, options, 3);
    assertThat(result.responses().get(0).count()).isEqualTo(3);
    assertThat(result.responses().get(1).count()).isEqualTo(1);
  }
}
