package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Everything that a profiling campaign measured, sample by sample, and what they are samples of.
 *
 * @param grid the settings of the device
 * @param workload what ran
 * @param runs at least one; those that no fit should read are kept, but marked
 * @param blocks energies of several operators together, from a meter too slow for single ones;
 *     empty where each operator was metered on its own
 * @param calibration what a planner needs besides, empty if it was not measured
 * @param provenance where the samples come from, empty if nobody said
 */
public record Samples(
    SettingGrid grid,
    Workload workload,
    List<Run> runs,
    List<Block> blocks,
    Optional<Calibration> calibration,
    Optional<Provenance> provenance) {

  /** One execution of the whole workload at one setting. */
  public static final class Run {
    private final int setting;
    private final double[] latencySeconds;
    private final double[] energyJoules;
    private final Optional<String> excluded;

    /**
     * Copies the arrays.
     *
     * @param setting number of the setting
     * @param latencySeconds per operator, positive
     * @param energyJoules per operator, not negative; NaN where no meter tells it
     */
    public Run(int setting, double[] latencySeconds, double[] energyJoules) {
      this(setting, latencySeconds, energyJoules, Optional.empty());
    }

    /**
     * As above, with the reason why no fit should read this run, if there is one, such as {@code
     * hot}.
     */
    public Run(
        int setting, double[] latencySeconds, double[] energyJoules, Optional<String> excluded) {
      this.setting = setting;
      this.latencySeconds = latencySeconds.clone();
      this.energyJoules = energyJoules.clone();
      this.excluded = excluded;
    }

    /** Returns the number of the setting. */
    public int setting() {
      return setting;
    }

    /** Returns the number of operators. */
    public int operators() {
      return latencySeconds.length;
    }

    /** Returns the measured latency of an operator, seconds. */
    public double latencySeconds(int operator) {
      return latencySeconds[operator];
    }

    /** Returns the measured latency of all operators together, seconds. */
    public double totalSeconds() {
      double total = 0;
      for (double seconds : latencySeconds) {
        total += seconds;
      }
      return total;
    }

    /** Returns the measured energy of the device while an operator ran, joules; NaN if unknown. */
    public double energyJoules(int operator) {
      return energyJoules[operator];
    }

    /** Returns why no fit should read this run, empty if it counts. */
    public Optional<String> excluded() {
      return excluded;
    }

    /** Returns this run, marked as one that no fit should read. */
    public Run exclude(String reason) {
      return new Run(setting, latencySeconds, energyJoules, Optional.of(reason));
    }
  }

  /**
   * The energy of consecutive operators together.
   *
   * @param setting number of the setting
   * @param firstOperator index of the first one
   * @param lastOperator index of the last one, inclusive
   * @param joules of the device during one execution of them: the meter's total over the number of
   *     repeats; positive
   */
  public record Block(int setting, int firstOperator, int lastOperator, double joules) {
    public Block {
      if (firstOperator < 0 || lastOperator < firstOperator || !(joules > 0)) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "A block of the operators %d to %d with %s J is none.",
                firstOperator,
                lastOperator,
                joules));
      }
    }
  }

  public Samples {
    runs = List.copyOf(runs);
    blocks = List.copyOf(blocks);
    if (runs.stream().allMatch(run -> run.excluded().isPresent())) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "Samples need at least one run that counts; there are %d, all excluded.%nMaybe profile again.",
              runs.size()));
    }
    for (int r = 0; r < runs.size(); r++) {
      check(grid, workload, r, runs.get(r));
    }
    for (Block block : blocks) {
      Objects.checkIndex(block.setting(), grid.size());
      Objects.checkIndex(block.lastOperator(), workload.size());
    }
  }

  /** Returns samples of operators that were metered one by one, without calibration. */
  public static Samples of(SettingGrid grid, Workload workload, List<Run> runs) {
    return new Samples(grid, workload, runs, List.of(), Optional.empty(), Optional.empty());
  }

  /** Returns these samples with a calibration. */
  public Samples with(Calibration measured) {
    return new Samples(grid, workload, runs, blocks, Optional.of(measured), provenance);
  }

  /** Returns these samples with a provenance. */
  public Samples with(Provenance origin) {
    return new Samples(grid, workload, runs, blocks, calibration, Optional.of(origin));
  }

  /** Returns these samples with the runs and blocks of others of the same workload behind them. */
  public Samples plus(Samples more) {
    List<Run> allRuns = new ArrayList<>(runs);
    allRuns.addAll(more.runs());
    List<Block> allBlocks = new ArrayList<>(blocks);
    allBlocks.addAll(more.blocks());
    return new Samples(grid, workload, allRuns, allBlocks, calibration, provenance);
  }

  /** Returns the names of the operators in execution order. */
  public List<String> operatorNames() {
    return workload.operators().stream().map(Operator::name).collect(Collectors.toList());
  }

  /** Returns the runs that fits read. */
  public List<Run> counted() {
    return runs.stream().filter(run -> !run.excluded().isPresent()).collect(Collectors.toList());
  }

  /** Returns the settings of the runs that fits read, ascending. */
  public int[] measuredSettings() {
    return counted().stream().mapToInt(Run::setting).distinct().sorted().toArray();
  }

  /** Returns the model, the device's settings and how much was measured, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d runs of %s (%d operators) at %d of %d settings, %d of them excluded, %s",
        runs.size(),
        workload.name(),
        workload.size(),
        measuredSettings().length,
        grid.size(),
        runs.size() - counted().size(),
        calibration.isPresent() ? "with calibration" : "without calibration");
  }

  private static void check(SettingGrid grid, Workload workload, int r, Run run) {
    Objects.checkIndex(run.setting(), grid.size());
    if (run.latencySeconds.length != workload.size()
        || run.energyJoules.length != workload.size()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "Run %d has %d latencies and %d energies; the workload has %d operators.",
              r,
              run.latencySeconds.length,
              run.energyJoules.length,
              workload.size()));
    }
    for (int i = 0; i < workload.size(); i++) {
      check(run.latencySeconds[i] > 0, workload, r, i, "latency", run.latencySeconds[i]);
      check(!(run.energyJoules[i] < 0), workload, r, i, "energy", run.energyJoules[i]);
    }
  }

  private static void check(
      boolean good, Workload workload, int run, int operator, String what, double value) {
    if (!good || Double.isInfinite(value)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The %s of operator '%s' in run %d is %s; it must be finite and positive.",
              what,
              workload.operators().get(operator).name(),
              run,
              value));
    }
  }
}
