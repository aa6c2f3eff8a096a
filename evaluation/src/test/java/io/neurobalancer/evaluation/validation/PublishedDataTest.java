package io.neurobalancer.evaluation.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The limits of docs/validation.md on measurements that may not be redistributed: looked for beside
 * the checkout, or where the system property {@code neurobalancer.datasets} says, else skipped.
 */
final class PublishedDataTest {

  private static List<Section> judge(String name, Function<Path, List<Section>> judge) {
    Path data =
        Path.of(
            System.getProperty(
                "neurobalancer.datasets", Path.of("..", "..", "shared", "datasets").toString()));
    Path folder = data.resolve(name);
    assumeTrue(Files.isDirectory(folder), "skipped: the dataset %s is not here".formatted(folder));
    return judge.apply(folder);
  }

  private static void allKept(List<Section> sections) {
    assertThat(sections.stream().flatMap(section -> section.checks().stream()))
        .isNotEmpty()
        .allSatisfy(check -> assertThat(check.met()).as(check.toString()).isTrue());
  }

  @Test
  void jetsonTx2_keepsItsLimits() {
    allKept(judge("jetson-tx2-gpu-emc", JetsonTx2::judge));
  }

  @Test
  void rk3399_keepsItsLimits() {
    allKept(judge("rk3399-layer-dvfs", Rk3399::judge));
  }

  @Test
  void boardsWithThreeClocks_keepTheirLimits() {
    allKept(judge("osldvfs-tx2-odroid", OsLdvfs::judge));
  }

  @Test
  void titanX_neverMisses() {
    allKept(judge("gpgpu-core-mem", GpuTitanX::judgePlans));
  }
}
