package io.neurobalancer.cli;

/** What the process's exit status means. */
final class ExitCode {

  /** All went well. */
  static final int OK = 0;

  /** A finding, such as a deadline that no plan reaches. */
  static final int FINDING = 1;

  /** The command line or a file named on it is wrong. */
  static final int USAGE = 2;

  /** The operating system does not allow it. */
  static final int NO_PERMISSION = 3;

  /** The hardware or the kernel refused; what was changed has been given back. */
  static final int HARDWARE_REFUSED = 4;

  /** Interrupted by the user; what was finished is kept. */
  static final int INTERRUPTED = 5;

  /** A defect of NeuroBalancer. */
  static final int BUG = 70;

  /** More memory was needed than there is. */
  static final int OUT_OF_MEMORY = 71;

  private ExitCode() {}
}
