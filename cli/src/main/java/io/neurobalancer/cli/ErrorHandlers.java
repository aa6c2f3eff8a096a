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
    if (!(e.getMessage() != null && e.getMessage().contains("Maybe"))
        && !UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Maybe see '%s --help'.".formatted(commandLine.getCommandSpec().qualifiedName()));
    }
    err.flush();
    return ExitCode.USAGE;
  }

  /** A command failed. */
  static int execution(Exception e, CommandLine commandLine, ParseResult result) {
    PrintWriter err = commandLine.getErr();
    int exitCode = exitCode(e);
    if (exitCode == ExitCode.BUG) {
      err.println(
          "This is a defect of NeuroBalancer (%s). Please report it with the lines below."
              .formatted(e.getClass().getSimpleName()));
      e.printStackTrace(err);
    } else {
      err.println(e.getMessage());
    }
    err.flush();
    return exitCode;
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
    if (e.getArgSpec() instanceof CommandLine.Model.OptionSpec option
        && e.getMessage() != null
        && e.getCause() instanceof TypeConversionException) {
      return option.longestName() + ": " + e.getCause().getMessage();
    }
    return String.valueOf(e.getMessage());
  }
}
