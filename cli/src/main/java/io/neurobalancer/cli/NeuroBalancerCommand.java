package io.neurobalancer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
      BundleCommand.class
    })
final class NeuroBalancerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
