package io.neurobalancer.cli;

/** Ends a command with one clear sentence on standard error and an exit code. */
final class CliException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  CliException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  /** Returns the exception for input that is wrong. */
  static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message);
  }
}
