package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

final class IoReasonTest {

  @Test
  void whatJavaSaysByTheClassOfAnError_isSaidInWords() {
    assertThat(IoReason.of(new AccessDeniedException("/f"))).isEqualTo("no permission");
    assertThat(IoReason.of(new NoSuchFileException("/f"))).contains("no such file");
    assertThat(IoReason.of(new NotDirectoryException("/f"))).contains("no folder");
    assertThat(IoReason.of(new FileAlreadyExistsException("/f"))).contains("is there");
    assertThat(IoReason.of(new FileSystemLoopException("/f"))).contains("circle");
  }

  @Test
  void whatTheSystemSays_isKept_withoutThePath() {
    assertThat(IoReason.of(new FileSystemException("/f", null, "No space left on device")))
        .isEqualTo("no space left on the disk");
    assertThat(IoReason.of(new IOException("No space left on device")))
        .isEqualTo("no space left on the disk");
    assertThat(IoReason.of(new FileSystemException("/f", null, "Read-only file system")))
        .isEqualTo("the disk is read-only");
    assertThat(IoReason.of(new IOException("Disk quota exceeded")))
        .isEqualTo("the disk quota is used up");
    assertThat(IoReason.of(new FileSystemException("/f", "/g", "File name too long")))
        .isEqualTo("file name too long");
    assertThat(IoReason.of(new IOException("Broken pipe to /A/B")))
        .isEqualTo("broken pipe to /A/B");
  }

  @Test
  void anErrorThatSaysNothing_isNamedByItsClass() {
    assertThat(IoReason.of(new IOException())).isEqualTo("IOException");
    assertThat(IoReason.of(new FileSystemException("/f"))).isEqualTo("FileSystemException");
    assertThat(IoReason.of(new IOException(" "))).isEqualTo("IOException");
  }
}
