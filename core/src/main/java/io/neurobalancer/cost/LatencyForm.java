package io.neurobalancer.cost;

/** The shapes that latency over the frequency grid may take, simplest first. */
public enum LatencyForm {
  /** {@code a/fc + c}: the memory clock does not matter. */
  CORE_ONLY,
  /**
   * {@code ((a/f)^p + b^p)^(1/p)}, where only one clock can be changed: what waits for a resource
   * without a clock of its own gets faster no more. The constant is {@code b}.
   */
  SATURATING,
  /** {@code a/fc + b/fm + c}: computing and memory traffic never overlap. */
  ADDITIVE,
  /** {@code ((a/fc)^p + (b/fm)^p)^(1/p) + c}: they overlap in part. */
  P_NORM_ROOFLINE,
  /**
   * The p-norm roofline with its own {@code b} for every measured OPP of the memory: bandwidth need
   * not follow the memory's clock. Between measured OPPs {@code b} is interpolated.
   */
  P_NORM_PER_MEMORY_OPP
}
