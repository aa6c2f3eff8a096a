package io.neurobalancer.onnx.zoo;

import io.neurobalancer.unit.NeuroBalancerException;

/** A zoo model cannot be generated or kept; the message says why and what to do. */
public final class ZooException extends NeuroBalancerException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with its cause. */
  public ZooException(String message, Throwable cause) {
    super(Kind.INVALID, message, cause);
  }
}
