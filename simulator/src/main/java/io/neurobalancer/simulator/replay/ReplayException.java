package io.neurobalancer.simulator.replay;

/** A table of measurements cannot be used; the message is one sentence for the user. */
public final class ReplayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message for the user. */
  public ReplayException(String message) {
    super(message);
  }

  /** Creates an exception with a message for the user and the cause behind it. */
  public ReplayException(String message, Throwable cause) {
    super(message, cause);
  }
}
