package io.neurobalancer.plan;

/** The setting from which a job's first operator is entered. */
public sealed interface Start {

  /**
   * The setting that the job itself leaves: the device keeps its clocks between jobs, so the switch
   * from the last operator's setting back to the first one's is paid once per job.
   */
  record SteadyState() implements Start {}

  /**
   * A fixed setting to which the device returns between jobs. The switch from it to the first
   * operator's setting counts in makespan and energy; the switch back to it happens after the job,
   * so it counts in energy only.
   *
   * @param setting number of the setting
   */
  record FromSetting(int setting) implements Start {}

  /** Entering costs nothing. */
  record Free() implements Start {}

  /** Returns the steady state of repeated jobs. */
  static Start steadyState() {
    return new SteadyState();
  }

  /** Returns an entry from a fixed setting. */
  static Start from(int setting) {
    return new FromSetting(setting);
  }

  /** Returns an entry that costs nothing. */
  static Start free() {
    return new Free();
  }
}
