package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged model files, up to where ONNX Runtime would get them: each is a model or a sentence.
 * {@code -Dneurobalancer.fuzz=N} tries N of them.
 */
final class MutatedModelsTest {

  private static final int USUAL = 1_500;
  private static final long SEED = 11;

  @TempDir Path folder;

  @Test
  void everyDamagedFile_isAModel_orASentence() throws IOException {
    List<byte[]> originals = originals();
    SplittableRandom random = new SplittableRandom(SEED);
    Files.copy(
        CasesTest.file("external-in-constant").resolveSibling("weights.bin"),
        folder.resolve("weights.bin"));
    Files.copy(CasesTest.file("ext-neg").resolveSibling("w.bin"), folder.resolve("w.bin"));
    Path file = folder.resolve("mutated.onnx");
    int read = 0;
    int refused = 0;
    int tries = Integer.getInteger("neurobalancer.fuzz", USUAL);
    for (int i = 0; i < tries; i++) {
      byte[] bytes = mutate(originals.get(random.nextInt(originals.size())), random);
      Files.write(file, bytes);
      try {
        BoundModel.open("mutated", file, InputBindings.NONE, null);
        read++;
      } catch (OnnxModelException e) {
        refused++;
        assertThat(e.getMessage()).contains("Maybe").doesNotContain("\u001b");
      } catch (RuntimeException e) {
        fail("Mutation %d (%d bytes) ended in %s".formatted(i, bytes.length, e), e);
      }
    }
    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private static List<byte[]> originals() throws IOException {
    List<byte[]> originals = new ArrayList<>();
    Path folder = CasesTest.file("lfs-pointer").getParent();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        boolean small = Files.size(file) < 20_000;
        if (small && file.toString().endsWith(".onnx")) {
          originals.add(Files.readAllBytes(file));
        }
      }
    }
    return originals;
  }

  private static byte[] mutate(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    // What describes the graph is in the first and last bytes; the middle is mostly weights.
    int times = 1 + random.nextInt(4);
    for (int t = 0; t < times && bytes.length > 1; t++) {
      int window = Math.min(bytes.length, 400);
      int at =
          random.nextBoolean() ? random.nextInt(window) : bytes.length - 1 - random.nextInt(window);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) 0xFF;
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
