package io.neurobalancer.cost;

/**
 * The shapes that energy over the frequency grid may take, simplest first. In each, {@code t} is
 * the operator's latency, clocks are shares of their domain's fastest one, and no coefficient is
 * negative.
 */
public enum EnergyForm {
  /** {@code (s0 + s1 fm + s2 fc) t + e0 + e1 fc + e2 fc^2}. */
  BACKGROUND_AND_WORK,
  /**
   * {@code (s0 + s1 fm + s2 fm^2 + s3 fm^4 + s4 fm^8 + s5 fc + s6 fc^3 + s7 fc^6) t + e0 + e1 fc +
   * e2 fc^2 + e3 fc^5}: supply voltages that stay flat over slow clocks and climb over fast ones.
   */
  VOLTAGE_CURVE,
  /**
   * As {@link #VOLTAGE_CURVE}, but the background follows the memory clock as a monotone polygon
   * with a corner at every measured OPP.
   */
  PER_MEMORY_OPP,
  /**
   * {@link #VOLTAGE_CURVE} times a factor for every measured OPP of a core: supply voltages are
   * measured in steps, and single OPPs may burn a quarter more than the curve through the others.
   * OPPs that were not measured follow the curve.
   */
  PER_CORE_OPP
}
