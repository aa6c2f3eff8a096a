package io.neurobalancer.predictor;

/** The shapes that latency over the frequency grid may take, simplest first. */
public enum LatencyForm {
  /** {@code a/fc + c}: the memory clock does not matter. */
  CORE_ONLY,
  /** {@code a/fc + b/fm + c}: computing and memory traffic never overlap. */
  ADDITIVE,
  /** {@code max(a/fc, b/fm) + c}: they overlap perfectly. */
  MAX_ROOFLINE,
  /** {@code ((a/fc)^p + (b/fm)^p)^(1/p) + c}: they overlap in part. */
  P_NORM_ROOFLINE
}
