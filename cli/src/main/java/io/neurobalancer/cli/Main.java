package io.neurobalancer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The process: hands the arguments to the command line and ends with its exit code. */
public final class Main {

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Figures are read by programs too: the same digits and signs everywhere.
    Locale.setDefault(Locale.ROOT);
    WatchedStream standardOutput = new WatchedStream(new FileOutputStream(FileDescriptor.out));
    PrintWriter out = utf8(standardOutput);
    PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
    Interruption.answer(err);
    int exitCode = run(out, err, args);
    out.flush();
    Optional<String> unwritten = standardOutput.reason();
    if (unwritten.isPresent()) {
      err.printf(
          "Standard output cannot be written (%s).%nMaybe send it elsewhere.%n",
          unwritten.orElseThrow());
      exitCode = exitCode == ExitCode.OK ? ExitCode.USAGE : exitCode;
    }
    err.flush();
    System.exit(exitCode);
  }

  /** Runs one command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine = commandLine();
    commandLine.setOut(out);
    commandLine.setErr(err);
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      return ErrorHandlers.outOfMemory(err);
    } catch (StackOverflowError e) {
      return ErrorHandlers.defect(e, err);
    }
  }

  /** Returns the command line as it is parsed, described and completed. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new NeuroBalancerCommand());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExpandAtFiles(false);
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    commandLine.setParameterExceptionHandler(ErrorHandlers::parameter);
    commandLine.setExecutionExceptionHandler(ErrorHandlers::execution);
    Words.teach(commandLine);
    describe(commandLine, Math.max(60, Math.min(Environment.columns(), 100)));
    return commandLine;
  }

  private static void describe(CommandLine commandLine, int width) {
    UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
    usage.width(width);
    usage.abbreviateSynopsis(true);
    commandLine.getSubcommands().values().forEach(below -> describe(below, width));
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(
        new SafeWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)), true);
  }
}
