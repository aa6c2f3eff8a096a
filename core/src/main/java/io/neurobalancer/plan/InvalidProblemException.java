package io.neurobalancer.plan;

/** A planning problem that makes no sense: a number out of range, sizes that differ, no choice. */
public final class InvalidProblemException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong, with the values. */
  public InvalidProblemException(String message) {
    super(message);
  }
}
