package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.neurobalancer.onnx.TestProtos;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dimensions and values that a model leaves open, and places of weights that it may not name. */
final class InputsTest {

  @TempDir Path folder;

  private static InputShapes.Resolved shapes(List<Object[]> inputs, String... bindings) {
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (Object[] input : inputs) {
      Object[] dimensions = Arrays.copyOfRange(input, 1, input.length);
      graph.addInput(TestProtos.value(input[0].toString(), TensorProto.DataType.FLOAT, dimensions));
    }
    return InputShapes.resolve("m", graph.build(), InputBindings.parse(List.of(bindings)));
  }

  private static final List<Object[]> DECODER =
      List.of(
          new Object[] {"ids", "batch_size", "sequence_length"},
          new Object[] {"mask", "batch_size", "past_sequence_length + sequence_length"},
          new Object[] {"past", "batch_size", 4, "past_sequence_length", 16});

  @Test
  void aDecoder_readsOneTokenAfterItsPast_andSumsAreChecked() {
    InputShapes.Resolved usual = shapes(DECODER);
    assertThat(usual.byInput().get("ids")).containsExactly(1L, 1L);
    assertThat(usual.byInput().get("mask")).containsExactly(1L, 129L);
    assertThat(usual.byInput().get("past")).containsExactly(1L, 4L, 128L, 16L);
    assertThat(usual.assumptions()).hasSize(3);
    InputShapes.Resolved first = shapes(DECODER, "past=1,4,0,16", "ids=1,7");
    assertThat(first.byInput().get("mask")).containsExactly(1L, 7L);
    assertThat(first.assumptions()).isEmpty();
    assertThat(shapes(DECODER, "past_sequence_length=0").byInput().get("past"))
        .containsExactly(1L, 4L, 0L, 16L);
  }

  @Test
  void aHint_neverMakesPicturesOfOtherThings() {
    assertThatThrownBy(() -> shapes(List.of(new Object[][] {{"x", 1, 80, "frames"}})))
        .hasMessageContaining("--shape x=1,80,128");
    assertThatThrownBy(() -> shapes(List.of(new Object[][] {{"x", "n", 3, "h", "w"}})))
        .hasMessageContaining("--shape x=1,3,224,224");
  }

  private static byte[] npy(String descr, String shape, byte[] data) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descr, shape);
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file =
        ByteBuffer.allocate(10 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return file.putShort((short) text.length).put(text).put(data).array();
  }

  @Test
  void anArray_bindsShapeAndValues() throws IOException {
    byte[] eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(8).array();
    Path file = Files.write(folder.resolve("len.npy"), npy("<i8", "(1,)", eight));
    assertThat(
            Probing.load(
                    CasesTest.file("input-is-length"),
                    InputBindings.parse(List.of(), List.of("len=@" + file)))
                .flops())
        .isEqualTo(8 * 2 * 64 * 64);
  }

  @Test
  void whatIsNoArray_isSaidToBeNone() throws IOException {
    for (byte[] bytes :
        List.of(
            new byte[3],
            new byte[40],
            npy(">i8", "(1,)", new byte[8]),
            npy("<c8", "(1,)", new byte[8]),
            npy("<i8", "(2,)", new byte[8]),
            npy("<i8", "(9000000000, 9000000000)", new byte[8]))) {
      Path file = Files.write(folder.resolve("bad.npy"), bytes);
      assertThatThrownBy(() -> NpyFile.read(file.toString()))
          .isInstanceOf(OnnxModelException.class)
          .hasMessageContaining("bad.npy")
          .hasMessageContaining("Maybe");
    }
  }

  @Test
  void values_thatDoNotFit_areNamed() {
    for (String value : List.of("len=1,2", "len=two", "len=1e400", "nobody=1", "x=@missing.npy")) {
      assertThatThrownBy(
              () ->
                  Probing.load(
                      CasesTest.file("input-is-length"),
                      InputBindings.parse(List.of(), List.of(value))))
          .isInstanceOf(OnnxModelException.class)
          .hasMessageContaining("Maybe");
    }
  }

  private Path externalModel(String location, String... more) throws IOException {
    TensorProto.Builder weight =
        TinyModels.tensor("w", TensorProto.DataType.FLOAT, 4, 4).toBuilder()
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", location));
    for (int i = 0; i < more.length; i += 2) {
      weight.addExternalData(entry(more[i], more[i + 1]));
    }
    return Files.write(
        folder.resolve("external.onnx"),
        TinyModels.model()
            .setGraph(
                GraphProto.newBuilder()
                    .setName("external")
                    .addInput(TestProtos.value("x", TensorProto.DataType.FLOAT, 4))
                    .addInitializer(weight)
                    .addNode(TinyModels.node("Add", List.of("x", "w"), "y"))
                    .addOutput(TestProtos.value("y", TensorProto.DataType.FLOAT)))
            .build()
            .toByteArray());
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void placesOfWeights_areInTheFolder_andHaveTheBytes() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[16]);
    Files.createDirectory(folder.resolve("inside"));
    Files.write(folder.resolve("inside/w.bin"), new byte[16]);
    Files.createSymbolicLink(folder.resolve("out.bin"), Path.of("/etc/hostname"));
    assertThat(Probing.load(externalModel("inside/w.bin"), InputBindings.NONE).flops())
        .isEqualTo(4);
    assertThat(
            Probing.load(externalModel("w.bin", "offset", "0"), InputBindings.NONE).weightBytes())
        .isEqualTo(16);
    refused("w.bin", "offset", "4");
    refused("w.bin", "offset", "9223372036854775807", "length", "9223372036854775807");
    refused("w.bin", "length", "8");
    refused("w.bin", "length", "x");
    refused("../w.bin");
    refused("inside/../w.bin");
    refused("/etc/hostname");
    refused("out.bin");
    refused("inside");
    refused("a\0b");
    refused("");
  }

  private void refused(String location, String... more) throws IOException {
    Path file = externalModel(location, more);
    assertThatThrownBy(() -> Probing.load(file, InputBindings.NONE))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("Maybe");
  }

  @Test
  void messagesOfTheRuntime_keepTheirReason_andLoseTheirSources() {
    String message =
        "Error code - ORT_RUNTIME_EXCEPTION - message: Non-zero status code returned while running"
            + " Reshape node. Name:'r1' Status Message:"
            + " /onnxruntime_src/core/providers/cpu/tensor/reshape_helper.h:45"
            + " onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&,"
            + " onnxruntime::TensorShapeVector&, bool) input_shape_size == size was false. The input"
            + " tensor cannot be reshaped.";
    assertThat(RuntimeErrors.reason(message))
        .isEqualTo(
            "input_shape_size == size was false. The input tensor cannot be reshaped. (in Reshape 'r1')");
  }
}
