package io.neurobalancer.onnx.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be run is named in one sentence when a session is opened. */
final class UnusableModelsTest {

  @TempDir private Path folder;

  private void open(Path model) {
    BalancedSession.open(model, EngineOptions.defaults().withCacheFolder(folder.resolve("cache")))
        .close();
  }

  @Test
  void modelsThatCannotBeUsed_areNamedInOneSentence() throws IOException {
    assertThatThrownBy(() -> open(folder.resolve("none.onnx")))
        .hasMessageContaining("There is no model file")
        .hasMessageContaining("Maybe");
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("is a folder");
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model at all");
    assertThatThrownBy(() -> open(text)).hasMessageContaining("is no ONNX model");
    Path huge = folder.resolve("huge.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.setLength(Integer.MAX_VALUE + 10L);
    }
    assertThatThrownBy(() -> open(huge))
        .hasMessageContaining("has 2.1 GB in one file")
        .hasMessageContaining("external data");
  }

  @Test
  void weightsThatAreMissing_orOutsideTheModelsFolder_areNamed() throws IOException {
    ModelProto.Builder model = TestGraph.chain("outside", 2, 32, 4).model();
    model
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .clearRawData()
        .setDataLocation(ai.onnx.proto.OnnxMl.TensorProto.DataLocation.EXTERNAL)
        .addExternalData(Graphs.entry("location", "gone.bin"));
    Path file = Files.write(folder.resolve("outside.onnx"), model.build().toByteArray());
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("gone.bin', which cannot be read")
        .hasMessageContaining("Maybe put that file beside the model.");
    model
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .clearExternalData()
        .addExternalData(Graphs.entry("location", "../../etc/hostname"));
    Files.write(file, model.build().toByteArray());
    assertThatThrownBy(() -> open(file)).hasMessageContaining("outside its own folder");
  }
}
