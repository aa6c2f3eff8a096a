package io.neurobalancer.cli;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what goes wrong into one clear sentence on standard error and an exit code. */
final class ErrorHandlers {

  private ErrorHandlers() {}

  /** The command line itself is wrong. */
  static int parameter(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println(sentence(e));
    if (!sentence(e).contains("Maybe") && !UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Maybe see '%s --help'.".formatted(commandLine.getCommandSpec().qualifiedName()));
    }
    err.flush();
    return ExitCode.USAGE;
  }

  /** A command failed. */
  static int execution(Exception e, CommandLine commandLine, ParseResult result) {
    PrintWriter err = commandLine.getErr();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return outOfMemory(err);
      }
    }
    int exitCode = exitCode(e);
    if (exitCode == ExitCode.BUG) {
      return defect(e, err);
    }
    err.println(e.getMessage());
    err.flush();
    return exitCode;
  }

  /** Nothing is wrong but the size of what was asked for. */
  static int outOfMemory(PrintWriter err) {
    err.println(
        "There is not enough memory: this needs more than the %d MB that Java may use.%nMaybe set NEUROBALANCER_JAVA_OPTS=-Xmx8g, or ask for less at once."
            .formatted(Runtime.getRuntime().maxMemory() >> 20));
    err.flush();
    return ExitCode.OUT_OF_MEMORY;
  }

  /** What should never happen has. */
  static int defect(Throwable e, PrintWriter err) {
    err.println(
        "This is a defect of NeuroBalancer (%s). Please report it with the lines below."
            .formatted(e.getClass().getSimpleName()));
    e.printStackTrace(err);
    err.flush();
    return ExitCode.BUG;
  }

  private static int exitCode(Exception e) {
    if (!(e instanceof NeuroBalancerException known)) {
      return ExitCode.BUG;
    }
    return switch (known.kind()) {
      case INVALID -> ExitCode.USAGE;
      case FINDING -> ExitCode.FINDING;
      case NO_PERMISSION -> ExitCode.NO_PERMISSION;
      case HARDWARE_REFUSED -> ExitCode.HARDWARE_REFUSED;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
    };
  }

  /** Strips picocli's prefix from a converter's own sentence. */
  private static String sentence(ParameterException e) {
    if (e.getArgSpec() != null && e.getCause() instanceof TypeConversionException wrong) {
      String what =
          e.getArgSpec() instanceof CommandLine.Model.OptionSpec option
              ? option.longestName()
              : e.getArgSpec().paramLabel();
      return what + ": " + wrong.getMessage();
    }
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      return "%s takes no such argument: %s."
          .formatted(
              e.getCommandLine().getCommandSpec().qualifiedName(),
              String.join(" ", unmatched.getUnmatched()));
    }
    return String.valueOf(e.getMessage());
  }
}
