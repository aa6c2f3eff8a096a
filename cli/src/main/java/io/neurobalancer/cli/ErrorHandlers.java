package io.neurobalancer.cli;

import io.neurobalancer.device.InvalidCostsException;
import io.neurobalancer.files.ProfileException;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.onnx.importer.OnnxModelException;
import io.neurobalancer.onnx.zoo.ZooException;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.InvalidProblemException;
import io.neurobalancer.report.ReportException;
import io.neurobalancer.simulator.replay.ReplayException;
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
    if (e instanceof CliException cli) {
      return cli.exitCode();
    }
    if (e instanceof DeadlineUnreachableException) {
      return ExitCode.FINDING;
    }
    if (e instanceof GovernorException
        || e instanceof InvalidCostsException
        || e instanceof InvalidProblemException
        || e instanceof OnnxModelException
        || e instanceof ProfileException
        || e instanceof ZooException
        || e instanceof ReportException
        || e instanceof ReplayException) {
      return ExitCode.USAGE;
    }
    return ExitCode.BUG;
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
