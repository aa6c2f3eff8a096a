package io.neurobalancer.onnx.zoo;

/** A zoo model cannot be generated or kept; the message says why and what to do. */
public final class ZooException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with its cause. */
  public ZooException(String message, Throwable cause) {
    super(message, cause);
  }
}
