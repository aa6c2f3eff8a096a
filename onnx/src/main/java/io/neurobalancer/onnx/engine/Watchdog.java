package io.neurobalancer.onnx.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** Ends runs that take too long: a loop may run for ever on inputs that were made up. */
final class Watchdog implements AutoCloseable {

  private final OrtSession.RunOptions options;
  private final Thread thread;

  /**
   * Begins to wait.
   *
   * @param millis how long runs may take together
   */
  Watchdog(long millis) throws OrtException {
    options = new OrtSession.RunOptions();
    thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(millis);
                options.setTerminate(true);
              } catch (InterruptedException | OrtException e) {
                // Closed in time.
              }
            },
            "neurobalancer-watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the options to run with. */
  OrtSession.RunOptions options() {
    return options;
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    options.close();
  }
}
