package io.neurobalancer.linux;

/**
 * What a file does for a clock, in the order in which restoring goes through them: a governor
 * switch resets tunables and may move the clock, limits decide what an exact clock may be.
 */
public enum Role {
  /** Who decides: the kernel's governor. */
  GOVERNOR,
  /** The upper limit. */
  MAX,
  /** The lower limit. */
  MIN,
  /** A tunable of the governor. */
  TUNABLE,
  /** The clock itself, where it can be given. */
  EXACT,
  /** Whether the hardware or we choose: given back last, since it ends what EXACT says. */
  MODE
}
