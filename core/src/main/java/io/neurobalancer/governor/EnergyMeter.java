package io.neurobalancer.governor;

/** Reads the energy that a device has used. */
public interface EnergyMeter {

  /** Returns the energy used since an arbitrary start, joules, never falling. */
  double energyJoules();

  /**
   * Returns where the reading comes from, such as {@code rail VDD_IN}, {@code RAPL}, {@code
   * simulated}.
   */
  String source();
}
