package io.neurobalancer.onnx.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.onnx.importer.CacheFolder;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.onnx.importer.OutputCheck;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ModelZooTest {

  /** Figures that are published with two digits cannot be met more closely than they round. */
  private static final Map<String, Double> COARSE =
      Map.of("tinybert-4", 0.042, "marblenet-3x2x64", 0.015);

  /** Generating and reading half a gigabyte takes ten seconds: {@code -Dneurobalancer.zoo=all}. */
  private static final boolean ALL = "all".equals(System.getProperty("neurobalancer.zoo"));

  private static final Set<OperatorKind> MULTIPLYING =
      EnumSet.of(
          OperatorKind.CONVOLUTION,
          OperatorKind.POINTWISE_CONVOLUTION,
          OperatorKind.DEPTHWISE_CONVOLUTION,
          OperatorKind.MATMUL,
          OperatorKind.ATTENTION);

  @TempDir static Path cache;

  /** What a builder counted; making the weights of all models takes a quarter of a minute. */
  private record Counts(long parameters, long multiplyAdds) {}

  private static final Map<String, Counts> COUNTED = new HashMap<>();

  private static Counts counted(ZooModel model) {
    return COUNTED.computeIfAbsent(
        model.name(),
        name -> {
          GraphBuilder.Built built = ModelZoo.build(model);
          return new Counts(built.parameters(), built.multiplyAdds());
        });
  }

  static List<ZooModel> models() {
    return ModelZoo.models();
  }

  static List<ZooModel> generated() {
    return models().stream().filter(model -> ALL || !model.phased()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void size_isThePublishedOne(ZooModel model) {
    Counts built = counted(model);
    double tolerance = COARSE.getOrDefault(model.name(), 0.01);
    if (Double.isFinite(model.publishedParameters())) {
      assertThat(built.parameters() / model.publishedParameters()).isCloseTo(1, within(tolerance));
    }
    if (Double.isFinite(model.publishedMultiplyAdds())) {
      assertThat(built.multiplyAdds() / model.publishedMultiplyAdds())
          .isCloseTo(1, within(tolerance));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("generated")
  void theImporter_countsWhatTheBuilderDid(ZooModel model) {
    Path file = ModelZoo.materialize(model, cache);
    Workload workload = OnnxWorkloads.loadTrusted(file, InputBindings.NONE, cache);
    long counted =
        workload.operators().stream()
            .filter(o -> MULTIPLYING.contains(o.kind()))
            .mapToLong(o -> o.flops())
            .sum();
    assertThat(counted / 2.0 / counted(model).multiplyAdds()).isCloseTo(1, within(1e-3));
    assertThat(workload.unknownOperators()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("generated")
  void outputs_areFinite_andVary(ZooModel model) {
    OutputCheck check = OnnxWorkloads.check(ModelZoo.materialize(model, cache), InputBindings.NONE);
    assertThat(check.finite()).isTrue();
    assertThat(check.range()).isGreaterThan(1e-4);
  }

  @Test
  void generation_isDeterministic() {
    ZooModel model = ModelZoo.find("squeezenet-1.1").orElseThrow();
    assertThat(ModelZoo.build(model).model().toByteArray())
        .isEqualTo(ModelZoo.build(model).model().toByteArray());
  }

  @Test
  void aFlippedBitInTheCache_isMadeAnew(@TempDir Path folder) throws IOException {
    ZooModel model = ModelZoo.find("squeezenet-1.1").orElseThrow();
    Path file = ModelZoo.materialize(model, folder);
    byte[] whole = Files.readAllBytes(file);
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 1;
    Files.write(file, damaged);
    assertThat(Files.readAllBytes(ModelZoo.materialize(model, folder))).isEqualTo(whole);
  }

  @Test
  void aTruncatedFileInTheCache_isMadeAnew(@TempDir Path folder) throws IOException {
    ZooModel model = ModelZoo.find("squeezenet-1.1").orElseThrow();
    Path file = ModelZoo.materialize(model, folder);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 1_000));
    assertThat(Files.readAllBytes(ModelZoo.materialize(model, folder))).isEqualTo(whole);
    try (var files = Files.list(file.getParent())) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("squeezenet-1.1-v1.onnx", "squeezenet-1.1-v1.sha256");
    }
  }

  @Test
  void anUnwritableCache_isNamed(@TempDir Path folder) throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "not a folder");
    assertThatThrownBy(
            () -> ModelZoo.materialize(ModelZoo.find("squeezenet-1.1").orElseThrow(), blocked))
        .isInstanceOf(ZooException.class)
        .hasMessageContaining("zoo:squeezenet-1.1 cannot be kept")
        .hasMessageContaining("Maybe");
  }

  @Test
  void cacheDirectory_followsThePlatform() {
    assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "/c"), "Linux", "/home/u"))
        .isEqualTo(Path.of("/c/neurobalancer"));
    assertThat(CacheFolder.of(Map.of(), "Linux", "/home/u"))
        .isEqualTo(Path.of("/home/u/.cache/neurobalancer"));
    assertThat(CacheFolder.of(Map.of("HOME", "/h"), "Linux", "/home/u"))
        .isEqualTo(Path.of("/h/.cache/neurobalancer"));
    assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "", "HOME", "/h"), "Linux", "?"))
        .isEqualTo(Path.of("/h/.cache/neurobalancer"));
    assertThat(CacheFolder.of(Map.of(), "Linux", "?").toString()).doesNotContain("?");
    assertThat(CacheFolder.of(Map.of(), "Mac OS X", "/Users/u"))
        .isEqualTo(Path.of("/Users/u/Library/Caches/neurobalancer"));
  }
}
