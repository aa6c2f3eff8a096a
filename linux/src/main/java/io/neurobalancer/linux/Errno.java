package io.neurobalancer.linux;

/** Why the kernel refused. */
public enum Errno {
  /** No such file: the device or the attribute is not there. */
  ENOENT,
  /** Not permitted by the file's mode. */
  EACCES,
  /** Not permitted at all. */
  EPERM,
  /** The value is not one that the attribute takes, now. */
  EINVAL,
  /** Busy: for cpufreq, all CPUs of the policy are off-line. */
  EBUSY,
  /** The hardware did not answer. */
  EIO,
  /** The device went away, or the descriptor is older than a governor switch. */
  ENODEV,
  /** Mounted read-only. */
  EROFS,
  /** No space left. */
  ENOSPC,
  /** Another reason, told in words. */
  OTHER;

  /** Returns whether it is for want of permission. */
  boolean denied() {
    return this == EACCES || this == EPERM || this == EROFS;
  }
}
