package io.neurobalancer.device;

/**
 * Which device results belong to.
 *
 * @param name as users write it, such as {@code sim:pixel-4-cpu}
 * @param title for people
 * @param hash of what describes the device, lower-case hexadecimal: what samples, cost models and
 *     plans made on it are keyed by
 * @param origin how its figures come about
 */
public record DeviceIdentity(String name, String title, String hash, Origin origin) {

  /** How the figures of a device come about. */
  public enum Origin {
    /** Computed from equations. */
    SIMULATED,
    /** Looked up in a table of measurements. */
    REPLAYED,
    /** Measured on hardware. */
    REAL
  }
}
