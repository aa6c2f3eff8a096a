package io.neurobalancer.onnx.importer;

import io.neurobalancer.unit.NeuroBalancerException;

/** A model cannot be used; the message says which, why, and what to do. */
public final class OnnxModelException extends NeuroBalancerException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public OnnxModelException(String message) {
    super(Kind.INVALID, message);
  }

  /** Creates the exception with its cause. */
  public OnnxModelException(String message, Throwable cause) {
    super(Kind.INVALID, message, cause);
  }
}
