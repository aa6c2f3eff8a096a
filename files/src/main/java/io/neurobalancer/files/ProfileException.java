package io.neurobalancer.files;

/** A device profile cannot be read; the message names the file, the field and what to do. */
public final class ProfileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public ProfileException(String message) {
    super(message);
  }

  /** Creates the exception with its cause. */
  public ProfileException(String message, Throwable cause) {
    super(message, cause);
  }
}
