package io.neurobalancer.cli;

import io.neurobalancer.files.IoReason;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remembers the first reason for which it could not be written, which a PrintWriter forgets. */
final class WatchedStream extends FilterOutputStream {

  private @Nullable IOException failure;

  WatchedStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /**
   * Returns why something is missing of what was written. A reader that has seen enough and closed
   * its end, as {@code head} does, misses nothing.
   */
  Optional<String> reason() {
    if (failure == null) {
      return Optional.empty();
    }
    String reason = IoReason.of(failure);
    return reason.contains("broken pipe") ? Optional.empty() : Optional.of(reason);
  }
}
