package io.neurobalancer.cli;

import io.neurobalancer.unit.NeuroBalancerException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.FittedPredictor;
import io.neurobalancer.files.FittedPredictors;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.Frequency;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Predicts latency and energy at some clocks. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Predicts latency and energy at some clocks, operator by operator.",
    footer = {
      "",
      "Example: neurobalancer predict neurobalancer-out/predictor.json --at 1.8GHz,1555MHz"
    })
final class PredictCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PREDICTOR",
      arity = "0..1",
      defaultValue = "neurobalancer-out/predictor.json",
      description = "What 'fit' wrote (default: ${DEFAULT-VALUE}).")
  private Path file = ProfileCommand.FOLDER.resolve("predictor.json");

  @Option(
      names = "--at",
      paramLabel = "CLOCK,CLOCK",
      split = ",",
      required = true,
      description =
          "One clock per domain, such as 1.8GHz,1555MHz; the nearest OPPs are taken, and named.")
  private List<String> clocks = List.of();

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/prediction/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    FittedPredictor predictor = FittedPredictors.read(file);
    SettingGrid grid = predictor.grid();
    PrintWriter err = spec.commandLine().getErr();
    int setting = setting(grid, err);
    FittedPredictor.Prediction prediction = predictor.at(setting);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(document(predictor, setting, prediction).toPrettyString());
    } else {
      print(out, predictor, setting, prediction);
    }
    if (prediction.extrapolated()) {
      err.println(
          "These clocks lie outside of what was measured: this is extrapolated, a guess.%nMaybe profile with a larger --budget."
              .formatted());
    }
    out.flush();
    return ExitCode.OK;
  }

  private int setting(SettingGrid grid, PrintWriter err) {
    if (clocks.size() != grid.dimensions()) {
      throw NeuroBalancerException.invalid(
          "--at names %d clocks; the device has %d: %s.%nMaybe write --at %s."
              .formatted(
                  clocks.size(),
                  grid.dimensions(),
                  String.join(", ", grid.domains().stream().map(FrequencyDomain::name).toList()),
                  grid.describe(grid.fastest()).replace('/', ',')));
    }
    int[] opps = new int[clocks.size()];
    for (int d = 0; d < opps.length; d++) {
      FrequencyDomain domain = grid.domains().get(d);
      Frequency wanted;
      try {
        wanted = Frequency.parse(clocks.get(d));
      } catch (IllegalArgumentException e) {
        throw NeuroBalancerException.invalid("--at: " + e.getMessage(), e);
      }
      opps[d] = nearest(domain, wanted);
      Frequency taken = domain.opps().frequency(opps[d]);
      if (!taken.equals(wanted)) {
        err.printf(
            "%s has no OPP at %s; the nearest, %s, is taken.%n", domain.name(), wanted, taken);
      }
    }
    return grid.setting(opps);
  }

  /** Returns the nearest OPP; a clock more than a tenth beyond the ends is refused. */
  private static int nearest(FrequencyDomain domain, Frequency wanted) {
    OppTable opps = domain.opps();
    if (wanted.hertz() > 1.1 * opps.max().hertz() || wanted.hertz() < 0.9 * opps.min().hertz()) {
      throw NeuroBalancerException.invalid(
          "%s runs from %s to %s; %s is far outside.%nMaybe swap the clocks: the order is that of the domains."
              .formatted(domain.name(), opps.min(), opps.max(), wanted));
    }
    int above = opps.ceil(wanted);
    int below = opps.floor(wanted);
    return Math.abs(opps.frequency(above).hertz() - wanted.hertz())
            < Math.abs(opps.frequency(below).hertz() - wanted.hertz())
        ? above
        : below;
  }

  private static void print(
      PrintWriter out,
      FittedPredictor predictor,
      int setting,
      FittedPredictor.Prediction prediction) {
    TextTable table =
        new TextTable("operator", "kind", ">latency", ">late at most", ">mJ", "latency form");
    for (int i = 0; i < predictor.operators().size(); i++) {
      FittedPredictor.FittedOperator operator = predictor.operators().get(i);
      table.row(
          operator.name(),
          operator.kind(),
          Durations.format(prediction.latencySeconds().get(i)),
          String.format(Locale.ROOT, "%.1f %%", operator.relativeSpread() * 100),
          String.format(Locale.ROOT, "%.4f", prediction.energyJoules().get(i) * 1e3),
          operator.latency().form().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    out.print(table.render());
    FittedPredictor.Provenance from = predictor.provenance();
    out.printf(
        Locale.ROOT,
        "%n%s at %s: %s, %.3f mJ%s%n",
        from.profile().modelName(),
        predictor.grid().describe(setting),
        Durations.format(prediction.totalSeconds()),
        prediction.totalJoules() * 1e3,
        predictor.measured().contains(setting) ? " (measured there)" : "");
    predictor
        .quantiles()
        .forEach(
            q ->
                out.printf(
                    Locale.ROOT,
                    "  %5.1f %% of runs end within %s%n",
                    q.share() * 100,
                    Durations.format(prediction.totalSeconds() * q.factor())));
    out.printf(
        Locale.ROOT,
        "  error at settings left out of the fit: latency %.2f %%, energy %.2f %% per operator%n",
        from.latencyError() * 100,
        from.energyError() * 100);
  }

  private static ObjectNode document(
      FittedPredictor predictor, int setting, FittedPredictor.Prediction prediction) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/prediction/1");
    ArrayNode hertz = root.putArray("hertz");
    for (int d = 0; d < predictor.grid().dimensions(); d++) {
      hertz.add(predictor.grid().frequency(setting, d).hertz());
    }
    root.put("extrapolated", prediction.extrapolated());
    root.put("latencySeconds", prediction.totalSeconds());
    root.put("energyJoules", prediction.totalJoules());
    ArrayNode quantiles = root.putArray("quantiles");
    predictor
        .quantiles()
        .forEach(
            q ->
                quantiles
                    .addObject()
                    .put("share", q.share())
                    .put("latencySeconds", prediction.totalSeconds() * q.factor()));
    ArrayNode operators = root.putArray("operators");
    for (int i = 0; i < predictor.operators().size(); i++) {
      FittedPredictor.FittedOperator operator = predictor.operators().get(i);
      operators
          .addObject()
          .put("name", operator.name())
          .put("kind", operator.kind())
          .put("latencySeconds", prediction.latencySeconds().get(i))
          .put("energyJoules", prediction.energyJoules().get(i))
          .put("relativeSpread", operator.relativeSpread());
    }
    return root;
  }
}
