package io.neurobalancer.target;

import java.util.OptionalInt;

/**
 * How a device is opened. What a kind of device has no use for it ignores.
 *
 * @param threads how many cores an inference uses, empty for the device's default
 * @param seed of the weather, clock and meters of a simulated device
 * @param weather what disturbs a simulated device, by name
 * @param dramPowerFactor by what a simulated device's DRAM power is scaled
 * @param dramShape how a simulated device's DRAM power falls with its clock, by name; empty as the
 *     device's description says
 * @param displayOn whether a simulated device's display scans out, which holds its memory clock up
 * @param transitionFactor by what the time and energy of a simulated device's switches are scaled
 * @param apply whether a real device's clocks may be written; else decisions are only recorded
 */
public record TargetOptions(
    OptionalInt threads,
    long seed,
    String weather,
    double dramPowerFactor,
    String dramShape,
    boolean displayOn,
    double transitionFactor,
    boolean apply) {

  /** One run as the documentation shows it: seed 7, nominal weather, nothing is written. */
  public static final TargetOptions DEFAULT =
      new TargetOptions(OptionalInt.empty(), 7, "nominal", 1, false);

  /** Options of a device with its display off and its DRAM as described. */
  public TargetOptions(
      OptionalInt threads, long seed, String weather, double dramPowerFactor, boolean apply) {
    this(threads, seed, weather, dramPowerFactor, "", false, 1, apply);
  }

  /** Returns these options with another seed. */
  public TargetOptions withSeed(long other) {
    return new TargetOptions(
        threads, other, weather, dramPowerFactor, dramShape, displayOn, transitionFactor, apply);
  }

  /** Returns these options with another shape of the DRAM's power, and a display that is on. */
  public TargetOptions withDram(String shape, boolean display) {
    return new TargetOptions(
        threads, seed, weather, dramPowerFactor, shape, display, transitionFactor, apply);
  }

  /** Returns these options with switches that cost so many times as much. */
  public TargetOptions withTransitions(double factor) {
    return new TargetOptions(
        threads, seed, weather, dramPowerFactor, dramShape, displayOn, factor, apply);
  }
}
