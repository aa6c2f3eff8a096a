package io.neurobalancer.unit;

/**
 * Something that a user can put right. The message says what is wrong and where, with the value,
 * and then, on a line that starts with "Maybe", what to do.
 */
public class NeuroBalancerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What went wrong, for those who must tell cases apart, such as by an exit code. */
  public enum Kind {
    /** An argument, a file or a model is wrong. */
    INVALID,
    /** The question has an answer that nobody wanted, such as a deadline that cannot be met. */
    FINDING,
    /** The operating system does not allow it. */
    NO_PERMISSION,
    /** The hardware or the kernel refused, and what was changed has been given back. */
    HARDWARE_REFUSED,
    /** Somebody stopped it; what was finished is kept. */
    INTERRUPTED
  }

  private final Kind kind;

  /** Creates an exception of a kind. */
  public NeuroBalancerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Creates an exception of a kind with what caused it. */
  public NeuroBalancerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Returns an exception about a wrong argument, file or model. */
  public static NeuroBalancerException invalid(String message) {
    return new NeuroBalancerException(Kind.INVALID, message);
  }

  /** Returns an exception about a wrong argument, file or model, with what caused it. */
  public static NeuroBalancerException invalid(String message, Throwable cause) {
    return new NeuroBalancerException(Kind.INVALID, message, cause);
  }

  /** Returns what went wrong. */
  public Kind kind() {
    return kind;
  }
}
