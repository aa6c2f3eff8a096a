package io.neurobalancer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
    name = "neurobalancer",
    description = {
      "Chooses core and memory frequencies per operator, so that a DNN inference finishes just in"
          + " time with the least energy."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: neurobalancer compare"},
    subcommands = {
      CompareCommand.class,
      RunCommand.class,
      StudyCommand.class,
      ProfileCommand.class,
      FitCommand.class,
      PredictCommand.class,
      PlanCommand.class,
      FrontierCommand.class,
      ExplainCommand.class,
      PlannersCommand.class,
      ModelsCommand.class,
      DevicesCommand.class,
      FidelityCommand.class,
      GovernorsCommand.class,
      ValidateCommand.class,
      DoctorCommand.class,
      RestoreCommand.class,
      CacheCommand.class,
      HelpCommand.class
    })
final class NeuroBalancerCommand implements Callable<Integer> {

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Prints data and errors only: no progress, no notes.")
  private boolean quiet;

  @Option(
      names = "--wide",
      scope = ScopeType.INHERIT,
      description = "Does not break lines of tables to fit the terminal.")
  private boolean wide;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }

  boolean quiet() {
    return quiet;
  }

  boolean wide() {
    return wide;
  }
}
