package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The limits are properties of the process, so nothing else may probe meanwhile. */
@Isolated
final class ProbeProcessTest {

  @TempDir Path cache;

  @AfterEach
  void usualLimits() {
    System.clearProperty("neurobalancer.probe.seconds");
    System.clearProperty("neurobalancer.probe.gigabytes");
  }

  private static List<Path> scratchFolders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      String own = "neurobalancer-probe-" + ProcessHandle.current().pid();
      return all.filter(p -> String.valueOf(p.getFileName()).startsWith(own)).toList();
    }
  }

  private static List<Path> records(Path cache) throws IOException {
    try (Stream<Path> all = Files.list(cache.resolve("probes"))) {
      return all.toList();
    }
  }

  @Test
  void whatAProcessFinds_isWhatIsFoundHere_andIsKept() throws IOException {
    Path file = CasesTest.file("if-conv-body");
    Workload found = OnnxWorkloads.load(file, InputBindings.NONE, cache);
    assertThat(found).isEqualTo(Probing.load(file, InputBindings.NONE));
    assertThat(records(cache)).hasSize(1);
    // From here on a process would be stopped before it begins.
    System.setProperty("neurobalancer.probe.seconds", "0.02");
    assertThat(OnnxWorkloads.load(file, InputBindings.NONE, cache)).isEqualTo(found);
    // A trusted model needs none.
    assertThat(OnnxWorkloads.loadTrusted(file, InputBindings.NONE, cache.resolve("other")))
        .isEqualTo(found);
    byte[] record = Files.readAllBytes(records(cache).get(0));
    record[record.length / 2] ^= 1;
    Files.write(records(cache).get(0), record);
    assertThatThrownBy(() -> OnnxWorkloads.load(file, InputBindings.NONE, cache))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("was stopped");
    assertThat(scratchFolders()).isEmpty();
  }

  @Test
  void aLoopWithoutEnd_isStopped() throws IOException {
    System.setProperty("neurobalancer.probe.seconds", "4");
    assertThatThrownBy(
            () -> OnnxWorkloads.load(CasesTest.file("infinite-loop"), InputBindings.NONE, cache))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("still running after 4 s")
        .hasMessageContaining("--input");
    assertThat(scratchFolders()).isEmpty();
  }

  @Test
  void aModelThatFillsTheMemory_isStopped() throws IOException {
    ModelProto model =
        TinyModels.model()
            .setGraph(
                GraphProto.newBuilder()
                    .setName("expand")
                    .addInput(TestProtos.value("x", TensorProto.DataType.FLOAT, 1))
                    .addInput(TestProtos.value("shape", TensorProto.DataType.INT64, 1))
                    .addNode(TinyModels.node("Expand", List.of("x", "shape"), "y"))
                    .addOutput(TestProtos.value("y", TensorProto.DataType.FLOAT, "n")))
            .build();
    Path file = Files.write(cache.resolve("expand.onnx"), model.toByteArray());
    System.setProperty("neurobalancer.probe.gigabytes", "0.5");
    InputBindings large = InputBindings.parse(List.of(), List.of("shape=500000000"));
    assertThatThrownBy(() -> OnnxWorkloads.load(file, large, cache))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("memory");
    assertThat(scratchFolders()).isEmpty();
  }

  @Test
  void aModelThatCrashesTheRuntime_isASentence_orIsRead() {
    Path file = CasesTest.file("optional-empty-inside");
    try {
      assertThat(OnnxWorkloads.load(file, InputBindings.NONE, cache).size()).isPositive();
    } catch (OnnxModelException e) {
      assertThat(e).hasMessageContaining("Maybe");
    }
  }

  @Test
  void scratchFoldersOfDeadProcesses_areSwept() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Path left =
        Files.createDirectory(
            temporary.resolve("neurobalancer-probe-2147483646-" + System.identityHashCode(this)));
    Files.createFile(left.resolve("owner.lock"));
    Files.write(left.resolve("weights.bin"), new byte[100]);
    ScratchFolder.create().close();
    assertThat(left).doesNotExist();
  }
}
