package io.neurobalancer.simulator.engine;

/**
 * The die's temperature: it answers power as a first-order system and is looked at ten times a
 * second, as a thermal zone is polled. Above the cap the fastest clock left is taken away, two
 * kelvin below it one is given back.
 */
final class ThermalZone {

  private static final double POLL_SECONDS = 0.1;
  private static final double HYSTERESIS_KELVIN = 2;

  private final DeviceModel.Thermal thermal;
  private final ClockDomains clocks;
  private final int highest;
  private double celsius;
  private double next = POLL_SECONDS;
  private double lastSeconds;
  private double lastJoules;

  ThermalZone(DeviceModel.Thermal thermal, ClockDomains clocks) {
    this.thermal = thermal;
    this.clocks = clocks;
    this.highest = clocks.cap(thermal.cappedDomain());
    this.celsius = thermal.ambientCelsius();
  }

  double celsius() {
    return celsius;
  }

  /** Returns when it is polled next, seconds. */
  double nextPoll() {
    return next;
  }

  /**
   * Follows the temperature since the last poll, and moves the cap by a step.
   *
   * @param joules used since the start
   */
  void poll(double now, double joules) {
    double seconds = now - lastSeconds;
    if (seconds > 0 && thermal.kelvinPerWatt() > 0) {
      double watts = (joules - lastJoules) / seconds;
      double target = thermal.ambientCelsius() + thermal.kelvinPerWatt() * watts;
      celsius += (target - celsius) * -StrictMath.expm1(-seconds / thermal.timeConstantSeconds());
    }
    lastSeconds = now;
    lastJoules = joules;
    next += POLL_SECONDS;
    int cap = clocks.cap(thermal.cappedDomain());
    if (celsius > thermal.capCelsius()) {
      clocks.cap(thermal.cappedDomain(), Math.max(0, cap - 1));
    } else if (celsius < thermal.capCelsius() - HYSTERESIS_KELVIN) {
      clocks.cap(thermal.cappedDomain(), Math.min(highest, cap + 1));
    }
  }
}
