package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A profiling campaign that decides as it goes what to measure, and how often.
 *
 * <p>First every setting that needs no decision (the corners, and one between them) is run a few
 * times, interleaved. Then settings are added where the fit is least sure ({@link
 * ProfilingCampaign#next}), until the budget is spent. Last, all of them are repeated in rounds
 * until the median of the whole job is known well enough at each.
 *
 * <p>Each round begins with the fastest setting, the reference. Where it has become slower than it
 * was at first, twice in a row, the device is hot (or somebody else uses it): it is left to cool
 * down. Runs made in that state are kept, but marked, and no fit reads them.
 *
 * <p>What to do next follows from the runs so far alone, so an interrupted campaign goes on where
 * it stopped.
 */
public final class AdaptiveCampaign {

  /** Why a run is kept out of fits. */
  public static final String HOT = "hot";

  private static final int PILOT = 3;
  private static final int LEAST_REPEATS = 8;
  private static final double KNOWN_WITHIN = 0.003;
  private static final double HOT_FACTOR = 1.05;
  private static final int MOST_PAUSES = 3;
  private static final double PAUSE_SECONDS = 30;

  private final ProfilingTarget target;
  private final SettingGrid grid;
  private final int budget;
  private final int mostRepeats;
  private final Consumer<Recorded> recorder;
  private final List<Recorded> recorded = new ArrayList<>();
  private final List<Integer> chosen = new ArrayList<>();

  /**
   * One run, and why it is kept out of fits if it is.
   *
   * @param run what was measured
   * @param excluded empty for a run that counts
   */
  public record Recorded(Samples.Run run, Optional<String> excluded) {}

  /**
   * Prepares a campaign.
   *
   * @param budget how many settings to measure, at least one; more than there are means all
   * @param mostRepeats how often to run each at most, at least one
   * @param already what an interrupted campaign has recorded, in its order
   * @param recorder told every new run as soon as it is known
   */
  public AdaptiveCampaign(
      ProfilingTarget target,
      int budget,
      int mostRepeats,
      List<Recorded> already,
      Consumer<Recorded> recorder) {
    this.target = target;
    this.grid = target.grid();
    this.budget = Math.min(budget, grid.size());
    this.mostRepeats = mostRepeats;
    this.recorder = recorder;
    if (budget < 1 || mostRepeats < 1) {
      throw new IllegalArgumentException(
          "A campaign needs a budget (%d) and repeats (%d) of at least one."
              .formatted(budget, mostRepeats));
    }
    for (Recorded one : already) {
      recorded.add(one);
      if (!chosen.contains(one.run().setting())) {
        chosen.add(one.run().setting());
      }
    }
  }

  /** Measures until nothing is left to do and returns every run, earlier ones first. */
  public List<Recorded> run() {
    int pilot = Math.min(PILOT, mostRepeats);
    int free = Math.min(budget, (1 << grid.dimensions()) + 1);
    for (int setting : ProfilingCampaign.settings(grid, free)) {
      if (chosen.size() < free && !chosen.contains(setting)) {
        chosen.add(setting);
      }
    }
    for (int repeat = 1; repeat <= pilot; repeat++) {
      for (int setting : chosen) {
        repeatUpTo(setting, repeat);
      }
    }
    while (chosen.size() < budget) {
      int next =
          ProfilingCampaign.next(
              grid, chosen.stream().mapToInt(Integer::intValue).toArray(), medians());
      chosen.add(next);
      repeatUpTo(next, pilot);
    }
    for (int repeat = pilot + 1; repeat <= mostRepeats; repeat++) {
      int round = repeat;
      if (chosen.stream().allMatch(this::known)) {
        break;
      }
      cool();
      chosen.stream().filter(x -> !known(x)).toList().forEach(x -> repeatUpTo(x, round));
    }
    return List.copyOf(recorded);
  }

  /** Returns the profile of the runs that count. */
  public static Samples profile(
      SettingGrid grid, List<String> operatorNames, List<Recorded> recorded) {
    return new Samples(
        grid,
        operatorNames,
        recorded.stream().filter(r -> r.excluded().isEmpty()).map(Recorded::run).toList());
  }

  private void repeatUpTo(int setting, int repeats) {
    while (totals(setting).length < repeats) {
      keep(measure(setting), Optional.empty());
    }
  }

  /** Measures the reference; while it is slow twice in a row, lets the device cool down. */
  private void cool() {
    int reference = chosen.get(0);
    double[] first = totals(reference);
    if (first.length < PILOT) {
      return;
    }
    double limit = HOT_FACTOR * MeasuredPredictor.median(Arrays.copyOf(first, PILOT));
    for (int pause = 0; pause <= MOST_PAUSES; pause++) {
      Samples.Run once = measure(reference);
      if (total(once) <= limit) {
        keep(once, Optional.empty());
        return;
      }
      Samples.Run again = measure(reference);
      if (total(again) <= limit) {
        // A single stall: both runs are what the device does.
        keep(once, Optional.empty());
        keep(again, Optional.empty());
        return;
      }
      keep(once, Optional.of(HOT));
      keep(again, Optional.of(HOT));
      if (pause < MOST_PAUSES) {
        target.coolDown(PAUSE_SECONDS);
      }
    }
  }

  private void keep(Samples.Run run, Optional<String> excluded) {
    Recorded one = new Recorded(run, excluded);
    recorded.add(one);
    recorder.accept(one);
  }

  private Samples.Run measure(int setting) {
    List<ProfilingTarget.OperatorSample> samples = target.run(setting);
    return new Samples.Run(
        setting,
        samples.stream().mapToDouble(ProfilingTarget.OperatorSample::latencySeconds).toArray(),
        samples.stream().mapToDouble(ProfilingTarget.OperatorSample::energyJoules).toArray());
  }

  private double total(Samples.Run run) {
    double total = 0;
    for (int i = 0; i < target.operatorNames().size(); i++) {
      total += run.latencySeconds(i);
    }
    return total;
  }

  /** Whether the standard error of the median of the whole job is small enough at a setting. */
  private boolean known(int setting) {
    double[] totals = totals(setting);
    if (totals.length >= mostRepeats) {
      return true;
    }
    if (totals.length < LEAST_REPEATS) {
      return false;
    }
    double median = MeasuredPredictor.median(totals);
    double spread =
        1.4826
            * MeasuredPredictor.median(
                Arrays.stream(totals).map(t -> Math.abs(t - median)).toArray());
    return 1.2533 * spread / Math.sqrt(totals.length) <= KNOWN_WITHIN * median;
  }

  private double[] totals(int setting) {
    return counted(setting).mapToDouble(this::total).toArray();
  }

  private Stream<Samples.Run> counted(int setting) {
    return recorded.stream()
        .filter(r -> r.excluded().isEmpty() && r.run().setting() == setting)
        .map(Recorded::run);
  }

  private double[][] medians() {
    double[][] medians = new double[target.operatorNames().size()][chosen.size()];
    for (int i = 0; i < medians.length; i++) {
      int operator = i;
      for (int s = 0; s < chosen.size(); s++) {
        medians[i][s] =
            MeasuredPredictor.median(
                counted(chosen.get(s)).mapToDouble(run -> run.latencySeconds(operator)).toArray());
      }
    }
    return medians;
  }
}
