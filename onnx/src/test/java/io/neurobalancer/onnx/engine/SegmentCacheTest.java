package io.neurobalancer.onnx.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentCacheTest {

  @TempDir private Path folder;

  private EngineOptions options;
  private Path model;
  private Path entry;

  @BeforeEach
  void aCachedModel() throws IOException {
    options =
        EngineOptions.defaults()
            .withThreads(1)
            .withCacheFolder(folder.resolve("cache"))
            .withCutting(new Cutting.Exactly(3));
    model = TestGraph.chain("chain", 4, 32, 4).write(folder);
    open();
    entry = entries().get(0);
  }

  private void open() {
    try (BalancedSession session = BalancedSession.open(model, options)) {
      assertThat(session.streams().get(0).segments()).isEqualTo(3);
      session.run(0, 0);
      session.run(0, 1);
      session.run(0, 2);
    }
  }

  private List<Path> entries() throws IOException {
    try (var files = Files.list(folder.resolve("cache"))) {
      return files.sorted().toList();
    }
  }

  /** Opens the model again and tells whether that made the entry anew. */
  private boolean remade() throws IOException {
    Path marker = entry.resolve("marker");
    Files.writeString(marker, "not listed in the manifest");
    open();
    assertThat(entries()).containsExactly(entry);
    return !Files.exists(marker);
  }

  @Test
  void anIntactEntry_isUsedAgain() throws IOException {
    assertThat(remade()).isFalse();
  }

  @Test
  void anEntryWithADamagedFile_isMadeAnew() throws IOException {
    for (String name : List.of("segment-1.onnx", OptimizedGraph.WEIGHTS, Manifest.FILE)) {
      byte[] bytes = Files.readAllBytes(entry.resolve(name));
      bytes[bytes.length / 2] ^= 1;
      Files.write(entry.resolve(name), bytes);
      assertThat(remade()).as("one bit of %s", name).isTrue();
      Files.delete(entry.resolve(name));
      assertThat(remade()).as("%s is gone", name).isTrue();
    }
    Files.write(entry.resolve(Manifest.FILE), new byte[] {1, 2, 3});
    assertThat(remade()).as("a manifest of three bytes").isTrue();
  }

  @Test
  void anEntryOfAnotherRuntimeProcessorOrModel_isMadeAnew() throws IOException {
    List<UnaryOperator<CacheKey>> others =
        List.of(
            key -> new CacheKey(key.modelHash(), "1.27.0", key.processor(), key.request()),
            key -> new CacheKey(key.modelHash(), key.runtime(), "aarch64", key.request()),
            key -> new CacheKey("00", key.runtime(), key.processor(), key.request()));
    for (UnaryOperator<CacheKey> other : others) {
      Manifest manifest = Manifest.read(entry);
      new Manifest(
              other.apply(manifest.key()), manifest.files(), manifest.outside(), manifest.model())
          .write(entry);
      assertThat(remade()).isTrue();
    }
  }

  @Test
  void anotherModelCutOrRuntime_hasAnotherEntry() {
    CacheKey key = CacheKey.of("0123456789abcdef0123456789abcdef", options);
    assertThat(
            List.of(
                key.folderName(),
                CacheKey.of("ff23456789abcdef0123456789abcdef", options).folderName(),
                CacheKey.of(key.modelHash(), options.withCutting(new Cutting.Exactly(4)))
                    .folderName(),
                CacheKey.of(key.modelHash(), options.withShape("x", 4L, 32L)).folderName(),
                new CacheKey(key.modelHash(), "1.27.0", key.processor(), key.request())
                    .folderName(),
                new CacheKey(key.modelHash(), key.runtime(), "aarch64", key.request())
                    .folderName()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aManifest_saysWhatItWasTold() throws IOException {
    Manifest manifest = Manifest.read(entry);
    manifest.write(folder);
    assertThat(Manifest.read(folder)).isEqualTo(manifest);
    assertThat(manifest.model().segments()).hasSize(3);
    assertThat(manifest.model().workload().operators()).hasSize(9);
  }

  @Test
  void aCacheThatCannotBeWritten_isNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(
            () -> BalancedSession.open(model, options.withCacheFolder(file.resolve("below"))))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("cannot be kept in '" + file.resolve("below") + "'")
        .hasMessageContaining("XDG_CACHE_HOME");
  }

  @Test
  void theProcessor_isKnownByItsInstructionSets(@TempDir Path proc) throws IOException {
    Path one = Files.writeString(proc.resolve("one"), "processor : 0\nflags : fpu avx2\n");
    Path other = Files.writeString(proc.resolve("other"), "processor : 0\nflags : fpu avx512f\n");
    Path arm = Files.writeString(proc.resolve("arm"), "Features : fp asimd\n");
    assertThat(
            List.of(
                CacheKey.processor(one),
                CacheKey.processor(other),
                CacheKey.processor(arm),
                CacheKey.processor(proc.resolve("none"))))
        .doesNotHaveDuplicates();
    assertThat(CacheKey.processor(one)).isEqualTo(CacheKey.processor(one));
  }

  @Test
  void theFolder_followsTheEnvironment() {
    assertThat(SegmentCache.defaultFolder(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h"), "/u"))
        .isEqualTo(Path.of("/x/neurobalancer/segments"));
    assertThat(SegmentCache.defaultFolder(Map.of("XDG_CACHE_HOME", "", "HOME", "/h"), "/u"))
        .isEqualTo(Path.of("/h/.cache/neurobalancer/segments"));
    assertThat(SegmentCache.defaultFolder(Map.of(), "/u"))
        .isEqualTo(Path.of("/u/.cache/neurobalancer/segments"));
  }
}
