package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
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

  private static final double[] SHARES = {0.5, 0.95, 0.99, 0.999};

  @Parameters(
      paramLabel = "PREDICTOR",
      arity = "0..1",
      defaultValue = "neurobalancer-out/predictor.json",
      description = "What 'fit' wrote (default: ${DEFAULT-VALUE}).")
  private Path file = ProfileCommand.FOLDER.resolve("predictor.json");

  @Option(
      names = "--at",
      paramLabel = "CLOCK,CLOCK",
      hideParamSyntax = true,
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
    CostModel costs = Measured.read(file);
    SettingGrid grid = costs.costs().grid();
    PrintWriter err = spec.commandLine().getErr();
    int setting = setting(grid, err);
    PrintWriter out = spec.commandLine().getOut();
    boolean extrapolated = costs.quality().extrapolates(grid, setting);
    if (json) {
      out.println(document(costs, setting, extrapolated).toPrettyString());
    } else {
      print(Screen.of(spec), costs, setting);
    }
    if (extrapolated) {
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

  private static void print(Screen screen, CostModel costs, int setting) {
    PrintWriter out = screen.out();
    CostTable table = costs.costs();
    TextTable rows = new TextTable("operator", ">ms", ">late at most", ">mJ");
    double seconds = 0;
    double joules = 0;
    for (int i = 0; i < table.operators(); i++) {
      seconds += table.latencySeconds(i, setting);
      joules += table.energyJoules(i, setting);
      rows.row(
          table.operatorNames().get(i),
          Screen.millis(table.latencySeconds(i, setting)),
          FitCommand.percent(table.spreadSeconds(i, setting) / table.latencySeconds(i, setting)),
          millijoules(table.energyJoules(i, setting)));
    }
    screen.table(rows);
    FitReport report = costs.quality();
    out.printf(
        "%n%s at %s: %s, %s mJ%s%n",
        costs.provenance(),
        table.grid().describe(setting),
        Durations.format(seconds),
        millijoules(joules),
        report.measuredSettings().contains(setting) ? " (measured there)" : "");
    for (double share : SHARES) {
      out.printf(
          Locale.ROOT,
          "  %5.1f %% of runs end within %s%n",
          share * 100,
          Durations.format(seconds * report.makespanFactor(share)));
    }
    out.printf(
        "  error at settings left out of the fit: latency %s, energy %s per operator%n",
        FitCommand.percent(report.operatorLatencyError()),
        FitCommand.percent(report.operatorEnergyError()));
  }

  private static String millijoules(double joules) {
    return Double.isNaN(joules) ? "not measured" : String.format(Locale.ROOT, "%.4f", joules * 1e3);
  }

  private static ObjectNode document(CostModel costs, int setting, boolean extrapolated) {
    CostTable table = costs.costs();
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/prediction/1");
    ArrayNode hertz = root.putArray("hertz");
    for (int d = 0; d < table.grid().dimensions(); d++) {
      hertz.add(table.grid().frequency(setting, d).hertz());
    }
    root.put("extrapolated", extrapolated);
    double seconds = 0;
    double joules = 0;
    for (int i = 0; i < table.operators(); i++) {
      seconds += table.latencySeconds(i, setting);
      joules += table.energyJoules(i, setting);
    }
    root.put("latencySeconds", seconds);
    put(root, "energyJoules", joules);
    ArrayNode quantiles = root.putArray("quantiles");
    for (double share : SHARES) {
      quantiles
          .addObject()
          .put("share", share)
          .put("latencySeconds", seconds * costs.quality().makespanFactor(share));
    }
    ArrayNode operators = root.putArray("operators");
    for (int i = 0; i < table.operators(); i++) {
      ObjectNode operator =
          operators
              .addObject()
              .put("name", table.operatorNames().get(i))
              .put("latencySeconds", table.latencySeconds(i, setting));
      put(operator, "energyJoules", table.energyJoules(i, setting));
      operator.put("spreadSeconds", table.spreadSeconds(i, setting));
    }
    return root;
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isNaN(value)) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }
}
