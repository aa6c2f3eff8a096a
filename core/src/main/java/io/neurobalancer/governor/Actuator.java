package io.neurobalancer.governor;

/**
 * Asks a frequency domain for an OPP. Whether and when the clock follows is the device's affair.
 */
public interface Actuator {

  /**
   * Asks for an OPP. Asking for what is already requested costs nothing.
   *
   * @param domain index of the domain in the device's grid
   * @param oppIndex index of the OPP in the domain's table
   */
  void request(int domain, int oppIndex);

  /** Returns the OPP index last requested for a domain. */
  int requested(int domain);

  /**
   * Returns the OPP index at which a domain runs now: behind what was requested while the clock
   * settles, below it under a thermal cap. A device that cannot tell returns what was requested.
   */
  default int current(int domain) {
    return requested(domain);
  }
}
