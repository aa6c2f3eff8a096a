package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {

  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anUnwritableFolder_isNamed_andNothingIsLeftBehind() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    assertThatThrownBy(() -> AtomicFiles.prepareFolder(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("output folder '" + file + "' cannot be written");
    assertThatThrownBy(() -> AtomicFiles.write(file.resolve("x"), "text"))
        .isInstanceOf(NeuroBalancerException.class);
    AtomicFiles.prepareFolder(folder.resolve("a/b"));
    assertThat(folder.resolve("a")).doesNotExist();
    AtomicFiles.write(folder.resolve("a/b/x"), "text");
    assertThat(Files.readString(folder.resolve("a/b/x"))).isEqualTo("text");
    assertThat(names()).containsExactly("a", "file");
    assertThat(Files.readString(file)).isEqualTo("kept");
  }

  @Test
  void aLink_staysALink_andWhatItLeadsToIsWritten() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "before");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("later"));
    AtomicFiles.write(link, "after");
    AtomicFiles.write(dangling, "new");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(real)).isEqualTo("after");
    assertThat(dangling).isSymbolicLink();
    assertThat(Files.readString(folder.resolve("later"))).isEqualTo("new");
    assertThat(names()).containsExactly("dangling", "later", "link", "real");
  }

  @Test
  void whatIsNoFile_isRefused_andStaysWhatItIs() {
    Path device = Path.of("/dev/full");
    assertThatThrownBy(() -> AtomicFiles.write(device, "text"))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("'/dev/full' is no file but a pipe, device or link")
        .hasMessageContaining("Maybe choose another place");
    assertThat(Files.isRegularFile(device)).isFalse();
    assertThatThrownBy(() -> AtomicFiles.prepareFile(device)).hasMessageContaining("is no file");
    assertThatThrownBy(() -> AtomicFiles.write(folder, "text"))
        .hasMessageContaining("is a folder, which a file cannot replace");
  }

  @Test
  void severalFiles_areAllWritten_orNoneIs() throws IOException {
    Path first = Files.writeString(folder.resolve("first"), "before");
    Path second = folder.resolve("second");
    Map<Path, String> texts = new LinkedHashMap<>();
    texts.put(first, "after");
    texts.put(second, "after");
    texts.put(first.resolve("third"), "after");
    assertThatThrownBy(() -> AtomicFiles.write(texts))
        .hasMessageContaining("first/third' cannot be written");
    assertThat(Files.readString(first)).isEqualTo("before");
    assertThat(names()).containsExactly("first");
    texts.remove(first.resolve("third"));
    AtomicFiles.write(texts);
    assertThat(Files.readString(first)).isEqualTo("after");
    assertThat(names()).containsExactly("first", "second");
  }
}
