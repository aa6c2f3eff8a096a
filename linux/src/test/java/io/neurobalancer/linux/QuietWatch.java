package io.neurobalancer.linux;

import java.nio.file.Path;

/** A supervisor in this process, which a test can let die. */
final class QuietWatch implements Supervision {

  private boolean alive = true;
  private Runnable onDeath = () -> {};
  private int started;
  private int closed;

  @Override
  public Watch start(Path journal, Path lock, Runnable onDeathOfWatch) {
    started++;
    onDeath = onDeathOfWatch;
    return new Watch() {
      @Override
      public boolean alive(long nowNanos) {
        return alive;
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  /** Dies without a word: only the next write notices. */
  void dieUnheard() {
    alive = false;
  }

  /** Dies, and the operating system says so. */
  void die() {
    alive = false;
    onDeath.run();
  }

  int started() {
    return started;
  }

  int closed() {
    return closed;
  }
}
