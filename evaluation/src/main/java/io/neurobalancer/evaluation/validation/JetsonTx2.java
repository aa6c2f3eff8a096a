package io.neurobalancer.evaluation.validation;

import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.LatencyForm;
import io.neurobalancer.cost.OperatorFit;
import io.neurobalancer.cost.SettingChoice;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.simulator.replay.CsvTable;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.ReplayedRun;
import io.neurobalancer.unit.Frequency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/**
 * Whole networks on a Jetson TX2 over GPU and memory clock, measured by
 * github.com/thynics/jetson_dvfs: latency of four networks, energy of one.
 */
public final class JetsonTx2 {

  private static final int LATENCY_BUDGET = 6;
  private static final int ENERGY_BUDGET = 12;
  private static final double LATENCY_LIMIT = 0.01;
  private static final double ENERGY_LIMIT = 0.035;

  private JetsonTx2() {}

  /** Judges; the folder is the dataset's. */
  public static List<Section> judge(Path folder) {
    CsvTable latency = CsvTable.read(folder.resolve("tx2_latency.csv"));
    CsvTable energy = CsvTable.read(folder.resolve("tx2_vgg19_energy.csv"));
    SettingGrid grid = grid(latency);
    return List.of(latency(latency, grid), energy(vgg19(energy, grid)), plans(vgg19(energy, grid)));
  }

  private static Section latency(CsvTable csv, SettingGrid grid) {
    Map<String, double[]> networks = new LinkedHashMap<>();
    for (CsvTable.Row row : csv.rows()) {
      networks
              .computeIfAbsent(row.text("model"), name -> new double[grid.size()])[
              setting(csv, row, grid)] =
          csv.positive(row, "latency_ms") * 1e-3;
    }
    List<List<String>> rows = new ArrayList<>();
    List<Section.Check> checks = new ArrayList<>();
    networks.forEach(
        (name, seconds) -> {
          int[] chosen = campaign(grid, seconds, LATENCY_BUDGET);
          double[] trained = at(seconds, chosen);
          OperatorFit fit = OperatorFit.latencyOnly(grid, chosen, trained);
          Errors errors = unseen(seconds, chosen, fit::seconds);
          double mean = Arrays.stream(trained).average().orElseThrow();
          rows.add(
              List.of(
                  name,
                  describe(fit),
                  Errors.percent(errors.mean()),
                  Errors.percent(errors.quantile(0.9)),
                  Errors.percent(errors.worst()),
                  form(LatencyForm.CORE_ONLY, grid, seconds, chosen),
                  form(LatencyForm.ADDITIVE, grid, seconds, chosen),
                  Errors.percent(unseen(seconds, chosen, x -> mean).mean())));
          checks.add(
              new Section.Check(
                  "TX2 %s, mean latency error on %d unseen pairs".formatted(name, errors.count()),
                  errors.mean(),
                  LATENCY_LIMIT));
        });
    return new Section(
        "Jetson TX2: latency from %d of %d pairs".formatted(LATENCY_BUDGET, grid.size()),
        List.of(
            "Each network is profiled on its own as the campaign does it: the four corners, the pair"
                + " farthest from them, then the pair about which p-norm fits with different"
                + " exponents disagree most. The form is chosen by leaving one of the %d pairs out;"
                    .formatted(LATENCY_BUDGET)
                + " the other %d pairs judge. The columns to the right are the named alternatives,"
                    .formatted(grid.size() - LATENCY_BUDGET)
                + " trained on the same pairs; the last is the dumb baseline, the mean of what was"
                + " measured."),
        List.of(
            new Section.Table(
                "relative error on unseen pairs",
                List.of(
                    "network",
                    "form chosen",
                    ">mean",
                    ">90 %",
                    ">worst",
                    ">core only",
                    ">additive",
                    ">mean of measured"),
                rows)),
        checks,
        List.of());
  }

  private static Section energy(MeasuredTable table) {
    ReplayedCampaign trained = ReplayedCampaign.of(table, ENERGY_BUDGET);
    Errors latency = new Errors();
    Errors energy = new Errors();
    Errors dumb = new Errors();
    double mean =
        Arrays.stream(trained.chosen())
            .mapToDouble(x -> table.energyJoules(0, x))
            .average()
            .orElseThrow();
    for (int x : trained.unseen()) {
      latency.add(trained.predictor().costs().latencySeconds(0, x), table.latencySeconds(0, x));
      energy.add(trained.predictor().costs().energyJoules(0, x), table.energyJoules(0, x));
      dumb.add(mean, table.energyJoules(0, x));
    }
    return new Section(
        "Jetson TX2: energy of VGG19 from %d of %d pairs"
            .formatted(ENERGY_BUDGET, table.grid().size()),
        List.of(
            "The same campaign with %d pairs. Energy is latency times the power of the whole module"
                    .formatted(ENERGY_BUDGET)
                + " (VDD_IN); the authors measured the two in different runs, and power at one"
                + " pair differs by up to 3.4 % between their runs, so part of the"
                + " error is theirs. The energy at unseen pairs is predicted at the predicted"
                + " latency."),
        List.of(
            new Section.Table(
                "relative error on unseen pairs",
                List.of("what", "form chosen", ">mean", ">90 %", ">worst", ">mean of measured"),
                List.of(
                    List.of(
                        "latency",
                        describe(trained.predictor().fits().get(0)),
                        Errors.percent(latency.mean()),
                        Errors.percent(latency.quantile(0.9)),
                        Errors.percent(latency.worst()),
                        "-"),
                    List.of(
                        "energy",
                        lower(
                            trained.predictor().fits().get(0).energy().orElseThrow().form().name()),
                        Errors.percent(energy.mean()),
                        Errors.percent(energy.quantile(0.9)),
                        Errors.percent(energy.worst()),
                        Errors.percent(dumb.mean()))))),
        List.of(
            new Section.Check(
                "TX2 vgg19, mean energy error on %d unseen pairs".formatted(energy.count()),
                energy.mean(),
                ENERGY_LIMIT)),
        List.of());
  }

  private static Section plans(MeasuredTable table) {
    SettingGrid grid = table.grid();
    ReplayedCampaign trained = ReplayedCampaign.of(table, ENERGY_BUDGET);
    double fastest =
        Arrays.stream(table.measuredSettings())
            .mapToDouble(x -> table.latencySeconds(0, x))
            .min()
            .orElseThrow();
    // A table repeats itself exactly, so the margin has only errors of the fit to cover: the
    // largest
    // that was seen.
    FitReport fit = trained.predictor().report();
    double margin = fit.makespanFactor(fit.largestSeenShare());
    List<List<String>> rows = new ArrayList<>();
    double worstAbove = 0;
    int misses = 0;
    for (int tenths = 11; tenths <= 20; tenths++) {
      double deadline = fastest * tenths / 10;
      Plan plan =
          new LagrangianPlanner()
              .plan(
                  PlanningProblem.builder(trained.predictor().costs(), deadline / margin)
                      .start(Start.free())
                      .build());
      ReplayedRun run = ReplayedRun.of(table, plan.settings(), SwitchCosts.free(2));
      int top = grid.fastest();
      double best = cheapest(table, deadline, x -> true);
      double core = cheapest(table, deadline, x -> grid.oppIndex(x, 1) == grid.oppIndex(top, 1));
      double memory = cheapest(table, deadline, x -> grid.oppIndex(x, 0) == grid.oppIndex(top, 0));
      worstAbove = Math.max(worstAbove, run.energyJoules() / best - 1);
      misses += run.makespanSeconds() > deadline ? 1 : 0;
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.1f", tenths / 10.0),
              grid.describe(plan.setting(0)),
              String.format(
                  Locale.ROOT, "%.1f of %.1f", run.makespanSeconds() * 1e3, deadline * 1e3),
              String.format(Locale.ROOT, "%.3f", run.energyJoules()),
              Errors.change(run.energyJoules() / best - 1),
              Errors.change(run.energyJoules() / table.energyJoules(0, top) - 1),
              Errors.change(run.energyJoules() / Math.min(core, memory) - 1)));
    }
    return new Section(
        "Jetson TX2: VGG19 planned from those %d pairs, replayed on all".formatted(ENERGY_BUDGET),
        List.of(
            "Deadlines from 1.1 to 2 times the fastest measured latency. The plan sees the fit of the"
                + " %d trained pairs only, and keeps a margin of %s for what the fit missed when"
                    .formatted(ENERGY_BUDGET, Errors.percent(margin - 1))
                + " each of them was left out. The measured table then says what the plan takes and"
                + " burns. The rivals pick from the measured table itself: the best pair of all, and"
                + " the best pair with one knob (memory or GPU clock at its maximum). Idle power was"
                + " not measured, so energy is that of the inference alone."),
        List.of(
            new Section.Table(
                "plan against the measured table",
                List.of(
                    ">deadline",
                    "planned pair",
                    ">latency, ms",
                    ">energy, J",
                    ">vs best pair",
                    ">vs max/max",
                    ">vs best single knob"),
                rows)),
        List.of(
            new Section.Check("TX2 vgg19, share of replayed plans that miss", misses / 10.0, 0),
            new Section.Check(
                "TX2 vgg19, worst energy above the measured best", worstAbove, ENERGY_LIMIT)),
        List.of());
  }

  private static double cheapest(MeasuredTable table, double deadline, IntPredicate allowed) {
    return Arrays.stream(table.measuredSettings())
        .filter(x -> allowed.test(x) && table.latencySeconds(0, x) <= deadline)
        .mapToDouble(x -> table.energyJoules(0, x))
        .min()
        .orElseThrow();
  }

  private static int[] campaign(SettingGrid grid, double[] seconds, int budget) {
    int[] chosen = new int[0];
    while (chosen.length < budget) {
      int next = SettingChoice.of(grid).next(chosen, new double[][] {at(seconds, chosen)});
      chosen = Arrays.copyOf(chosen, chosen.length + 1);
      chosen[chosen.length - 1] = next;
    }
    Arrays.sort(chosen);
    return chosen;
  }

  private static String form(LatencyForm form, SettingGrid grid, double[] seconds, int[] chosen) {
    var model = OperatorFit.latency(grid, form, chosen, at(seconds, chosen));
    return Errors.percent(unseen(seconds, chosen, x -> model.seconds(clocks(grid, x))).mean());
  }

  private static Errors unseen(double[] seconds, int[] chosen, IntToDoubleFunction prediction) {
    Errors errors = new Errors();
    for (int x = 0; x < seconds.length; x++) {
      if (Arrays.binarySearch(chosen, x) < 0) {
        errors.add(prediction.applyAsDouble(x), seconds[x]);
      }
    }
    return errors;
  }

  private static double[] clocks(SettingGrid grid, int setting) {
    return new double[] {
      (double) grid.frequency(setting, 0).hertz(), (double) grid.frequency(setting, 1).hertz()
    };
  }

  private static double[] at(double[] values, int[] settings) {
    return Arrays.stream(settings).mapToDouble(x -> values[x]).toArray();
  }

  static String describe(OperatorFit fit) {
    double p = fit.latency().exponent();
    return lower(fit.latency().form().name())
        + (p > 1 && !Double.isInfinite(p) ? String.format(Locale.ROOT, ", p = %.1f", p) : "");
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static MeasuredTable vgg19(CsvTable csv, SettingGrid grid) {
    MeasuredTable.Builder builder = MeasuredTable.builder(csv.file(), grid, List.of("vgg19"));
    for (CsvTable.Row row : csv.rows()) {
      int x = setting(csv, row, grid);
      builder.latency(0, x, csv.positive(row, "latency_ms") * 1e-3);
      builder.energy(0, x, csv.positive(row, "energy_j"));
    }
    return builder.build();
  }

  private static SettingGrid grid(CsvTable csv) {
    return new SettingGrid(
        List.of(
            domain(csv, "gpu", FrequencyDomain.Kind.CORE, "gpu_mhz"),
            domain(csv, "emc", FrequencyDomain.Kind.MEMORY, "emc_mhz")));
  }

  private static FrequencyDomain domain(
      CsvTable csv, String name, FrequencyDomain.Kind kind, String column) {
    TreeSet<Frequency> clocks = new TreeSet<>();
    csv.rows().forEach(row -> clocks.add(clock(csv, row, column)));
    return new FrequencyDomain(name, kind, OppTable.of(List.copyOf(clocks)));
  }

  private static int setting(CsvTable csv, CsvTable.Row row, SettingGrid grid) {
    return grid.setting(
        grid.domains().get(0).opps().indexOf(clock(csv, row, "gpu_mhz")),
        grid.domains().get(1).opps().indexOf(clock(csv, row, "emc_mhz")));
  }

  private static Frequency clock(CsvTable csv, CsvTable.Row row, String column) {
    return Frequency.ofKilohertz(Math.round(csv.positive(row, column) * 1e3));
  }
}
