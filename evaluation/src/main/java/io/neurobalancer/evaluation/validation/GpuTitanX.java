package io.neurobalancer.evaluation.validation;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.OperatorFit;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.ReplayedRun;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * GPU kernels on a GTX Titan X over core and memory clock, measured by
 * github.com/hpc-ulisboa/gpuPTXModel.
 */
public final class GpuTitanX {

  private static final int BUDGET = 12;
  private static final int[] SHARES = {105, 110, 125, 150, 175, 200};

  private GpuTitanX() {}

  /** Judges; the folder is the dataset's. */
  public static List<Section> judge(Path folder) {
    return List.of(leaveOneOut(table(folder)), plans(table(folder)));
  }

  /** Judges the replayed plans only. */
  static List<Section> judgePlans(Path folder) {
    return List.of(plans(table(folder)));
  }

  private static MeasuredTable table(Path folder) {
    return read(folder.resolve("raw/gpuPTXModel/realbenchmarks-aggregated_dataset_gtxtitanx.csv"));
  }

  private static Section leaveOneOut(MeasuredTable table) {
    int[] settings = table.measuredSettings();
    Errors allTime = new Errors();
    Errors allEnergy = new Errors();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < table.operatorNames().size(); i++) {
      int kernel = i;
      double[] seconds =
          Arrays.stream(settings).mapToDouble(x -> table.latencySeconds(kernel, x)).toArray();
      double[] joules =
          Arrays.stream(settings).mapToDouble(x -> table.energyJoules(kernel, x)).toArray();
      OperatorFit fit = OperatorFit.of(table.grid(), settings, seconds, joules);
      Errors time = new Errors();
      Errors energy = new Errors();
      for (int s = 0; s < settings.length; s++) {
        time.add(fit.heldOutSeconds().get(s), seconds[s]);
        energy.add(fit.heldOutJoules().get(s), joules[s]);
      }
      allTime.addAll(time);
      allEnergy.addAll(energy);
      rows.add(
          List.of(
              table.operatorNames().get(i),
              JetsonTx2.describe(fit),
              Errors.percent(time.mean()),
              Errors.percent(time.worst()),
              JetsonTx2.lower(fit.energy().orElseThrow().form().name()),
              Errors.percent(energy.mean()),
              Errors.percent(energy.worst())));
    }
    rows.add(
        List.of(
            "all",
            "",
            Errors.percent(allTime.mean()),
            Errors.percent(allTime.worst()),
            "",
            Errors.percent(allEnergy.mean()),
            Errors.percent(allEnergy.worst())));
    return new Section(
        "GTX Titan X: %d kernels, each pair predicted from the %d others"
            .formatted(table.operatorNames().size(), settings.length - 1),
        List.of(
            "Per kernel, each of the %d pairs of core and memory clock is left out in turn and"
                    .formatted(settings.length)
                + " predicted. The file repeats stencil2d; its first block is used. Energy at the pair"
                + " left out is predicted at the predicted latency."),
        List.of(
            new Section.Table(
                "relative error at the pair left out",
                List.of(
                    "kernel", "latency form", ">mean", ">worst", "energy form", ">mean", ">worst"),
                rows)),
        List.of(),
        List.of());
  }

  private static Section plans(MeasuredTable table) {
    SettingGrid grid = table.grid();
    ReplayedCampaign trained = ReplayedCampaign.of(table, BUDGET);
    Errors time = new Errors();
    Errors energy = new Errors();
    for (int x : trained.unseen()) {
      for (int i = 0; i < table.operatorNames().size(); i++) {
        time.add(trained.predictor().costs().latencySeconds(i, x), table.latencySeconds(i, x));
        energy.add(trained.predictor().costs().energyJoules(i, x), table.energyJoules(i, x));
      }
    }
    // A table repeats itself exactly, so the margin has only errors of the fit to cover: the
    // largest
    // that was seen.
    FitReport fit = trained.predictor().report();
    double margin = fit.makespanFactor(fit.largestSeenShare());
    SwitchCosts free = SwitchCosts.free(2);
    ReplayedRun top = constant(table, grid.fastest());
    double fastest = top.makespanSeconds();
    List<List<String>> rows = new ArrayList<>();
    int misses = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int share : SHARES) {
      double deadline = fastest * share / 100;
      Plan plan =
          new LagrangianPlanner()
              .plan(
                  PlanningProblem.builder(trained.predictor().costs(), deadline / margin)
                      .start(Start.free())
                      .build());
      ReplayedRun run = ReplayedRun.of(table, plan.settings(), free);
      double bestPair = Double.POSITIVE_INFINITY;
      for (int x : table.measuredSettings()) {
        ReplayedRun one = constant(table, x);
        if (one.makespanSeconds() <= deadline) {
          bestPair = Math.min(bestPair, one.energyJoules());
        }
      }
      ReplayedRun optimum = ReplayedRun.of(table, optimum(table, deadline), free);
      misses += run.makespanSeconds() > deadline ? 1 : 0;
      least = Math.min(least, 1 - run.energyJoules() / bestPair);
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.2f", share / 100.0),
              String.format(
                  Locale.ROOT, "%.1f of %.1f", run.makespanSeconds() * 1e3, deadline * 1e3),
              String.format(Locale.ROOT, "%.2f", run.energyJoules()),
              Errors.change(run.energyJoules() / top.energyJoules() - 1),
              Errors.change(run.energyJoules() / bestPair - 1),
              Errors.change(run.energyJoules() / optimum.energyJoules() - 1),
              String.valueOf(plan.switches())));
    }
    return new Section(
        "GTX Titan X: a workload of all kernels, planned from %d of %d pairs"
            .formatted(BUDGET, grid.size()),
        List.of(
            "One campaign of %d pairs over the whole workload trains; at the %d others latency is"
                    .formatted(BUDGET, trained.unseen().length)
                + " off by %s and energy by %s (means over kernels and pairs; worst %s and %s)."
                    .formatted(
                        Errors.percent(time.mean()),
                        Errors.percent(energy.mean()),
                        Errors.percent(time.worst()),
                        Errors.percent(energy.worst()))
                + " Each kernel gets its own pair under a deadline, a multiple of the workload's"
                + " latency at maximum clocks, with a margin of %s; the measured table replays the plan."
                    .formatted(Errors.percent(margin - 1)),
            "The best single pair is picked from the measured table itself, and so is the optimum, a"
                + " plan made from all measured costs. The dataset does not say what a switch"
                + " costs; switches are free here, and their number is shown."),
        List.of(
            new Section.Table(
                "plan against the measured table",
                List.of(
                    ">deadline",
                    ">latency, ms",
                    ">energy, J",
                    ">vs max/max",
                    ">vs best single pair",
                    ">vs optimum",
                    ">switches"),
                rows)),
        List.of(
            new Section.Check(
                "Titan X, share of replayed plans that miss", (double) misses / SHARES.length, 0)),
        List.of(
            least >= 0
                ? "At every deadline the plan burns less than the best single pair that a clairvoyant would pick."
                : "At the tightest deadline the plan burns more than the best single pair that a"
                    + " clairvoyant would pick: the margin that it keeps for what it does not know is"
                    + " dearer there than what choosing per kernel saves."));
  }

  private static int[] optimum(MeasuredTable table, double deadline) {
    int operators = table.operatorNames().size();
    int settings = table.grid().size();
    double[] seconds = new double[operators * settings];
    double[] joules = new double[operators * settings];
    for (int i = 0; i < operators; i++) {
      for (int x = 0; x < settings; x++) {
        seconds[i * settings + x] = table.latencySeconds(i, x);
        joules[i * settings + x] = table.energyJoules(i, x);
      }
    }
    var costs =
        new CostTable(
            table.grid(), table.operatorNames(), seconds, joules, new double[seconds.length]);
    return new LagrangianPlanner()
        .plan(PlanningProblem.builder(costs, deadline).start(Start.free()).build())
        .settings();
  }

  private static ReplayedRun constant(MeasuredTable table, int setting) {
    int[] settings = new int[table.operatorNames().size()];
    Arrays.fill(settings, setting);
    return ReplayedRun.of(table, settings, SwitchCosts.free(2));
  }

  /** Reads blocks of a kernel's name and lines of memory MHz, core MHz, ms, W, mJ. */
  private static MeasuredTable read(Path file) {
    Map<String, List<double[]>> kernels = new LinkedHashMap<>();
    TreeSet<Frequency> cores = new TreeSet<>();
    TreeSet<Frequency> memories = new TreeSet<>();
    List<double[]> block = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.contains(",")) {
          block = new ArrayList<>();
          kernels.putIfAbsent(line.strip(), block);
        } else if (!line.isBlank()) {
          double[] cells =
              Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
          block.add(cells);
          memories.add(megahertz(cells[0]));
          cores.add(megahertz(cells[1]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw NeuroBalancerException.invalid("The dataset '%s' cannot be read.".formatted(file), e);
    }
    SettingGrid grid =
        new SettingGrid(
            List.of(
                new FrequencyDomain(
                    "core", FrequencyDomain.Kind.CORE, OppTable.of(List.copyOf(cores))),
                new FrequencyDomain(
                    "memory", FrequencyDomain.Kind.MEMORY, OppTable.of(List.copyOf(memories)))));
    List<String> names = List.copyOf(kernels.keySet());
    MeasuredTable.Builder builder = MeasuredTable.builder(file.toString(), grid, names);
    for (int i = 0; i < names.size(); i++) {
      for (double[] cells : kernels.getOrDefault(names.get(i), List.of())) {
        int setting =
            grid.setting(
                grid.domains().get(0).opps().indexOf(megahertz(cells[1])),
                grid.domains().get(1).opps().indexOf(megahertz(cells[0])));
        builder.latency(i, setting, cells[2] * 1e-3).energy(i, setting, cells[4] * 1e-3);
      }
    }
    return builder.build();
  }

  private static Frequency megahertz(double value) {
    return Frequency.ofKilohertz(Math.round(value * 1e3));
  }
}
