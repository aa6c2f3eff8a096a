package io.neurobalancer.evaluation.validation;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.OperatorFit;
import io.neurobalancer.cost.SettingChoice;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.simulator.oracle.CertifiedBound;
import io.neurobalancer.simulator.replay.CsvTable;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.ReplayTarget;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.unit.Frequency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * Whole programs on boards with three clocks each, measured by github.com/dipayan2/osldvfs: a
 * Jetson TX2 over CPU, GPU and memory clock (1144 settings, time and power of the module), an
 * Odroid-XU likewise (1064 settings, with the power between runs). They are no neural networks;
 * they are the only measurements of three clocks at once that we know.
 */
public final class OsLdvfs {

  private static final int BUDGET = 24;

  /** Below this, a TX2's memory clock is for a board that sleeps. */
  private static final double LEAST_MEGAHERTZ = 200;

  private static final double[] MEGAHERTZ = {1e6, 1e6, 1e6};
  private static final double[] DEADLINES = {1.1, 1.2, 1.3, 1.5, 2};
  private static final double RELAXED = 1.5;
  private static final double ABOVE_BEST = 0.06;
  private static final double KERNEL_LIMIT = 0.05;

  private OsLdvfs() {}

  /** Judges; the folder is the dataset's. */
  public static List<Section> judge(Path folder) {
    CsvTable rails = CsvTable.read(folder.resolve("tx2_rails_by_setting.csv"));
    CsvTable odroid = CsvTable.read(folder.resolve("odroid_xu_hsto_time_power.csv"));
    CsvTable kernels = CsvTable.read(folder.resolve("tx2_mixbench_time_by_setting.csv.gz"));
    return List.of(
        kernels(kernels, LEAST_MEGAHERTZ),
        kernels(kernels, 0),
        plans("Jetson TX2, shortest paths (SSSP)", tx2(rails, "TegraDataSSSP")),
        plans("Jetson TX2, histogram (HSTO)", tx2(rails, "TegraHSTO")),
        plans("Odroid-XU, histogram (HSTO), idle power measured", odroid(odroid)));
  }

  /** One program of the TX2: samples came once a second, so their number is its time. */
  private static MeasuredTable tx2(CsvTable csv, String set) {
    List<CsvTable.Row> rows =
        csv.rows().stream()
            .filter(row -> row.text("set").equals(set))
            .filter(row -> csv.positive(row, "emc_mhz") >= LEAST_MEGAHERTZ)
            .toList();
    Clocks clocks = new Clocks(csv, rows, MEGAHERTZ, "cpu_mhz", "gpu_mhz", "emc_mhz");
    MeasuredTable.Builder builder = MeasuredTable.builder(set, clocks.grid(), List.of(set));
    for (CsvTable.Row row : rows) {
      double seconds = csv.positive(row, "n");
      int x = clocks.setting(row);
      builder.latency(0, x, seconds);
      builder.energy(0, x, seconds * csv.positive(row, "vdd_in") * 1e-3);
    }
    return builder.build();
  }

  private static MeasuredTable odroid(CsvTable csv) {
    Clocks clocks =
        new Clocks(
            csv,
            csv.rows(),
            new double[] {1e3, 1, 1},
            "CPU Frequencies",
            "GPU Frequencies",
            "Mem Frequencies");
    MeasuredTable.Builder builder =
        MeasuredTable.builder(csv.file(), clocks.grid(), List.of("histogram"));
    for (CsvTable.Row row : csv.rows()) {
      double seconds = csv.positive(row, "Real Time") * 1e-3;
      int x = clocks.setting(row);
      builder.latency(0, x, seconds);
      builder.energy(0, x, seconds * csv.positive(row, "ActivePower"));
      builder.idle(x, csv.positive(row, "IdlePower"));
    }
    return builder.build();
  }

  /** Thirty-five kernels from all memory to all arithmetic, latency only. */
  private static Section kernels(CsvTable csv, double leastMegahertz) {
    List<CsvTable.Row> used =
        csv.rows().stream().filter(row -> csv.positive(row, "emc_mhz") >= leastMegahertz).toList();
    Clocks clocks = new Clocks(csv, used, MEGAHERTZ, "cpu_mhz", "gpu_mhz", "emc_mhz");
    SettingGrid grid = clocks.grid();
    Map<String, double[]> measured = new LinkedHashMap<>();
    for (CsvTable.Row row : used) {
      String kernel = row.text("kind") + " " + row.text("iters");
      measured.computeIfAbsent(kernel, name -> unknown(grid))[clocks.setting(row)] =
          csv.positive(row, "ms") * 1e-3;
    }
    int[] chosen = new int[0];
    while (chosen.length < BUDGET) {
      double[][] seen = new double[measured.size()][];
      int k = 0;
      for (double[] seconds : measured.values()) {
        seen[k++] = Arrays.stream(chosen).mapToDouble(x -> seconds[x]).toArray();
      }
      int next = SettingChoice.of(grid).next(chosen, seen);
      chosen = Arrays.copyOf(chosen, chosen.length + 1);
      chosen[chosen.length - 1] = next;
    }
    Arrays.sort(chosen);
    Map<String, Errors> byKind = new LinkedHashMap<>();
    Map<String, Errors> dumb = new LinkedHashMap<>();
    Errors all = new Errors();
    for (Map.Entry<String, double[]> kernel : measured.entrySet()) {
      double[] seconds = kernel.getValue();
      double[] trained = Arrays.stream(chosen).mapToDouble(x -> seconds[x]).toArray();
      OperatorFit fit = OperatorFit.latencyOnly(grid, chosen, trained);
      double mean = Arrays.stream(trained).average().orElseThrow();
      String kind = kernel.getKey().substring(0, kernel.getKey().indexOf(' '));
      for (int x = 0; x < grid.size(); x++) {
        if (Arrays.binarySearch(chosen, x) < 0 && !Double.isNaN(seconds[x])) {
          byKind.computeIfAbsent(kind, name -> new Errors()).add(fit.seconds(x), seconds[x]);
          dumb.computeIfAbsent(kind, name -> new Errors()).add(mean, seconds[x]);
          all.add(fit.seconds(x), seconds[x]);
        }
      }
    }
    List<List<String>> rows = new ArrayList<>();
    byKind.forEach(
        (kind, errors) ->
            rows.add(
                List.of(
                    kind,
                    Errors.percent(errors.mean()),
                    Errors.percent(errors.quantile(0.5)),
                    Errors.percent(errors.quantile(0.9)),
                    Errors.percent(errors.worst()),
                    Errors.percent(Objects.requireNonNull(dumb.get(kind)).mean()))));
    return new Section(
        "Jetson TX2: %d kernels from %d of %d settings of three clocks"
            .formatted(measured.size(), BUDGET, grid.size()),
        List.of(
            "Mixbench's kernels do more and more arithmetic on each byte: single and double"
                + " precision, half, integers. All are profiled at the same settings; the others"
                + " judge, down to a memory clock of 40.8 MHz, 46 times below the highest."),
        List.of(
            new Section.Table(
                "relative error of latency at unseen settings",
                List.of("kind", ">mean", ">median", ">90 %", ">worst", ">mean of measured"),
                rows)),
        leastMegahertz > 0
            ? List.of(
                new Section.Check(
                    "TX2 mixbench, mean latency error on %d unseen cells".formatted(all.count()),
                    all.mean(),
                    KERNEL_LIMIT))
            : List.of(),
        leastMegahertz > 0
            ? List.of()
            : List.of(
                "With the three lowest memory clocks (40.8 to 102 MHz) the same fit errs by tens of"
                    + " percent: one form does not span a factor of 46, and what trains there is"
                    + " missing elsewhere. No limit is set for it."));
  }

  /** Profiles a table, plans for deadlines, and lets the table say what the plans cost. */
  private static Section plans(String title, MeasuredTable table) {
    SettingGrid grid = table.grid();
    ReplayTarget target = new ReplayTarget(table, "0".repeat(64));
    MeasuredPredictor predictor =
        MeasuredPredictor.fit(NeuroBalancer.profile(target, Budget.adaptive(BUDGET).repeats(1)));
    int profiled = target.visited().length;
    Errors time = new Errors();
    Errors energy = new Errors();
    for (int x : table.measuredSettings()) {
      if (Arrays.binarySearch(target.visited(), x) < 0) {
        time.add(predictor.costs().latencySeconds(0, x), table.latencySeconds(0, x));
        energy.add(predictor.costs().energyJoules(0, x), table.energyJoules(0, x));
      }
    }
    double fastest = table.latencySeconds(0, grid.fastest());
    List<List<String>> rows = new ArrayList<>();
    double worst = 0;
    double late = 0;
    for (double factor : DEADLINES) {
      double deadline = fastest * factor;
      PreparedJob job;
      try {
        job = PreparedJob.of(target, predictor, Deadline.of(deadline));
      } catch (DeadlineUnreachableException e) {
        rows.add(
            List.of(
                String.format(Locale.ROOT, "%.1f", factor),
                "no plan: too fast for the fit",
                "-",
                "-",
                "-",
                "-",
                "-",
                "-",
                "-"));
        continue;
      }
      Schedule schedule = job.schedule(3, 1);
      RunResult run =
          target.run(
              PlanGovernor.of(job.job().plan(), job.job().idleSetting()),
              schedule,
              RunObserver.NONE);
      int measured = bestMeasured(table, target.visited(), deadline);
      double planned = run.energyJoulesPerJob();
      boolean keep = measured < 0 || planned <= perPeriod(table, measured, deadline);
      double ours = keep ? planned : perPeriod(table, measured, deadline);
      double seconds = keep ? run.meanResponseSeconds() : table.latencySeconds(0, measured);
      double bound = CertifiedBound.joulesPerJob(target, schedule).orElseThrow();
      int top = grid.fastest();
      int memory = grid.dimensions() - 1;
      double best = cheapest(table, deadline, x -> true);
      double cores =
          cheapest(table, deadline, x -> grid.oppIndex(x, memory) == grid.oppIndex(top, memory));
      double onlyMemory =
          cheapest(
              table,
              deadline,
              x ->
                  grid.oppIndex(x, 0) == grid.oppIndex(top, 0)
                      && grid.oppIndex(x, 1) == grid.oppIndex(top, 1));
      worst = factor < RELAXED ? worst : Math.max(worst, ours / best - 1);
      late = Math.max(late, run.missRate());
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.1f", factor),
              grid.describe(keep ? job.job().plan().setting(0) : measured),
              String.format(Locale.ROOT, "%.1f of %.1f", seconds, deadline),
              String.format(Locale.ROOT, "%.1f", ours),
              Errors.change(ours / best - 1),
              Errors.change(ours / bound - 1),
              Errors.change(ours / perPeriod(table, top, deadline) - 1),
              Errors.change(cores / perPeriod(table, top, deadline) - 1),
              Errors.change(onlyMemory / perPeriod(table, top, deadline) - 1)));
    }
    return new Section(
        "%s: planned from %d of %d settings, replayed".formatted(title, profiled, grid.size()),
        List.of(
            "The whole program is one operator. Its fit errs by %s in time and %s in energy on"
                    .formatted(Errors.percent(time.mean()), Errors.percent(energy.mean()))
                + " settings that it has not seen (%s and %s at the 90th percentile); what a plan"
                    .formatted(
                        Errors.percent(time.quantile(0.9)), Errors.percent(energy.quantile(0.9)))
                + " uses is measured before it is trusted, %d settings in all; the plan then has to beat"
                    .formatted(target.visited().length)
                + " the best of what was measured, or that is taken.",
            "Deadlines are multiples of the run with all clocks at their maximum, and a period long. The rivals know the"
                + " whole table: the best setting of all, the best with memory at its maximum, the"
                + " best with both other clocks at theirs. The certified bound may split the"
                + " program between settings, which nobody did on the board."),
        List.of(
            new Section.Table(
                "plans on the measured table",
                List.of(
                    ">deadline",
                    "setting",
                    ">time, s",
                    ">energy, J",
                    ">vs best",
                    ">vs bound",
                    ">vs all at max",
                    ">cores only",
                    ">memory only"),
                rows)),
        List.of(
            new Section.Check(title + ", share of replayed jobs that are late", late, 0),
            new Section.Check(
                title + ", worst energy above the measured best from 1.5x on", worst, ABOVE_BEST)),
        List.of());
  }

  /** The pilot's rival: the cheapest setting of those that were measured, or -1. */
  private static int bestMeasured(MeasuredTable table, int[] visited, double deadline) {
    return Arrays.stream(visited)
        .filter(x -> table.latencySeconds(0, x) <= deadline)
        .boxed()
        .min(Comparator.comparingDouble(x -> perPeriod(table, x, deadline)))
        .orElse(-1);
  }

  private static double perPeriod(MeasuredTable table, int setting, double period) {
    double idle = table.idleWatts(setting);
    double rest = period - table.latencySeconds(0, setting);
    return table.energyJoules(0, setting) + (Double.isNaN(idle) ? 0 : idle * rest);
  }

  private static double cheapest(MeasuredTable table, double deadline, IntPredicate allowed) {
    return Arrays.stream(table.measuredSettings())
        .filter(x -> allowed.test(x) && table.latencySeconds(0, x) <= deadline)
        .mapToDouble(x -> perPeriod(table, x, deadline))
        .min()
        .orElse(Double.NaN);
  }

  private static double[] unknown(SettingGrid grid) {
    double[] values = new double[grid.size()];
    Arrays.fill(values, Double.NaN);
    return values;
  }

  /** The three clocks of a table and its rows' places among them. */
  private static final class Clocks {

    private static final String[] NAMES = {"cpu", "gpu", "memory"};

    private final CsvTable csv;
    private final double[] hertz;
    private final String[] columns;
    private final SettingGrid grid;

    Clocks(CsvTable csv, List<CsvTable.Row> rows, double[] hertz, String... columns) {
      this.csv = csv;
      this.hertz = hertz.clone();
      this.columns = columns.clone();
      List<FrequencyDomain> domains = new ArrayList<>();
      for (int d = 0; d < columns.length; d++) {
        TreeSet<Frequency> clocks = new TreeSet<>();
        int domain = d;
        rows.forEach(row -> clocks.add(clock(row, domain)));
        domains.add(
            new FrequencyDomain(
                NAMES[d],
                d < 2 ? FrequencyDomain.Kind.CORE : FrequencyDomain.Kind.MEMORY,
                OppTable.of(List.copyOf(clocks))));
      }
      this.grid = new SettingGrid(domains);
    }

    SettingGrid grid() {
      return grid;
    }

    int setting(CsvTable.Row row) {
      int[] opps = new int[columns.length];
      for (int d = 0; d < opps.length; d++) {
        opps[d] = grid.domains().get(d).opps().indexOf(clock(row, d));
      }
      return grid.setting(opps);
    }

    private Frequency clock(CsvTable.Row row, int domain) {
      double given = csv.positive(row, columns[domain]);
      return Frequency.ofKilohertz(Math.round(given * hertz[domain] * 1e-3));
    }
  }
}
