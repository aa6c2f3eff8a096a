package io.neurobalancer.device;

/** A latency, an energy or a switch cost that cannot be one, or a table of the wrong size. */
public final class InvalidCostsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong, with the values. */
  public InvalidCostsException(String message) {
    super(message);
  }
}
