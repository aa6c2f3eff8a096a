package io.neurobalancer.report;

/** A result file cannot be written or read; the message names it and says what to do. */
public final class ReportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public ReportException(String message) {
    super(message);
  }

  /** Creates the exception with its cause. */
  public ReportException(String message, Throwable cause) {
    super(message, cause);
  }
}
