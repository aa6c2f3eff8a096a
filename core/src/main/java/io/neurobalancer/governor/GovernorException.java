package io.neurobalancer.governor;

/** A governor or one of its tunables was named or set wrongly; the message says which and why. */
public final class GovernorException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with one sentence for the user. */
  public GovernorException(String message) {
    super(message);
  }

  /** Creates the exception with one sentence for the user and what led to it. */
  public GovernorException(String message, Throwable cause) {
    super(message, cause);
  }
}
