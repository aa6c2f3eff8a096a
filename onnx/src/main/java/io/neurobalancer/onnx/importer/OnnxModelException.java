package io.neurobalancer.onnx.importer;

/** A model cannot be used; the message says which, why, and what to do. */
public final class OnnxModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public OnnxModelException(String message) {
    super(message);
  }

  /** Creates the exception with its cause. */
  public OnnxModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
