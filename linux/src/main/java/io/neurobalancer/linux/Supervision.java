package io.neurobalancer.linux;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Starts what gives the clocks back when this process no longer can. Only tests have another than
 * {@link SupervisorProcess}.
 */
public interface Supervision {

  /**
   * Starts watching; it is ready when this returns.
   *
   * @param journal to give back from
   * @param lock that the writer holds
   * @param onDeath called from another thread if the watcher dies before its close
   */
  Watch start(Path journal, Path lock, Runnable onDeath) throws IOException;

  /** A watcher at work. */
  interface Watch extends AutoCloseable {

    /** Returns whether it still watches; called before each write. */
    boolean alive(long nowNanos);

    /**
     * Tells it that the journal now says to give back another value; one that reads the journal
     * itself needs no telling.
     *
     * @throws IOException if it does not know it then
     */
    default void amended(String path, String value) throws IOException {}

    /** Tells it that there is nothing to give back any more. */
    @Override
    void close();
  }
}
