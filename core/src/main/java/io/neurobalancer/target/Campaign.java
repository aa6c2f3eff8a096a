package io.neurobalancer.target;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.cost.SegmentEnergy;
import io.neurobalancer.cost.SettingChoice;
import io.neurobalancer.cost.math.Medians;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A profiling campaign: measures one stream of a target at a few settings.
 *
 * <p>Repeats are interleaved (all settings once, then all again), so that a slow drift of the
 * device does not pass for an effect of a clock.
 *
 * <p>An adaptive campaign decides as it goes what to measure, and how often. First every setting
 * that needs no decision (the corners, and one between them) is run a few times. Then settings are
 * added where the fit is least sure ({@link SettingChoice#next}), until the budget is spent. Last,
 * all of them are repeated in rounds until the median of the whole job is known well enough at
 * each. Each round begins with the fastest setting, the reference. Where it has become slower than
 * it was at first, twice in a row, the device is hot (or somebody else uses it): it is left to cool
 * down. Runs made in that state are kept, but marked, and no fit reads them.
 *
 * <p>Where the meter is too slow for single operators, the energy of each segment is measured last,
 * at every setting, by running it for as long as the meter needs.
 *
 * <p>What to do next follows from the runs so far alone, so an interrupted campaign goes on where
 * it stopped.
 */
public final class Campaign {

  /** Why a run is kept out of fits. */
  public static final String HOT = "hot";

  private static final int PILOT = 3;
  private static final int LEAST_REPEATS = 8;
  private static final double KNOWN_WITHIN = 0.003;
  private static final double HOT_FACTOR = 1.05;
  private static final int MOST_PAUSES = 3;
  private static final double PAUSE_SECONDS = 30;
  private static final int MOST_VOID_IN_A_ROW = 20;

  /** Where a block begins and ends between two readings, this many bound the error to 3 %. */
  private static final int METER_READINGS = 30;

  private static final int MOST_METER_ATTEMPTS = 3;

  private final Target target;
  private final int stream;
  private final Workload workload;
  private final SettingChoice choice;
  private final Budget budget;
  private final int settings;
  private final int mostRepeats;
  private final Consumer<Samples.Run> recorder;
  private final List<Samples.Run> recorded = new ArrayList<>();
  private final List<Integer> chosen = new ArrayList<>();

  /**
   * Prepares a campaign.
   *
   * @param stream index of the stream to measure
   * @param already what an interrupted campaign has recorded, in its order
   * @param recorder told every new run as soon as it is known
   */
  public Campaign(
      Target target,
      int stream,
      Budget budget,
      List<Samples.Run> already,
      Consumer<Samples.Run> recorder) {
    this.target = target;
    this.stream = stream;
    this.workload = target.streams().get(stream).workload();
    this.choice = new SettingChoice(target.grid(), target::measurable);
    this.budget = budget;
    this.settings = Math.min(budget.settings(), choice.size());
    // A table gives the same answer every time.
    this.mostRepeats =
        target.identity().origin() == DeviceIdentity.Origin.REPLAYED ? 1 : budget.repeats();
    this.recorder = recorder;
    for (Samples.Run run : already) {
      recorded.add(run);
      if (!chosen.contains(run.setting())) {
        chosen.add(run.setting());
      }
    }
  }

  /**
   * Tells what this campaign is going to take. The device runs the workload at its fastest and its
   * slowest setting for that; these runs are not kept.
   */
  public Effort effort() {
    List<Integer> corners = choice.corners();
    int slowest = corners.get(corners.size() - 1);
    double fast = target.measure(stream, corners.get(0)).totalSeconds();
    double slow = Math.max(fast, target.measure(stream, slowest).totalSeconds());
    int least = budget.adaptive() ? Math.min(LEAST_REPEATS, mostRepeats) : mostRepeats;
    double period = target.meterPeriodSeconds();
    int segments = target.streams().get(stream).segments();
    boolean blocks = period > 0;
    // A block is a whole number of executions: on the average half of one longer than the meter
    // needs.
    double block =
        blocks ? METER_READINGS * period + StrictMath.sqrt(fast * slow) / segments / 2 : 0;
    return new Effort(
        Math.max(0, settings * least - recorded.size()),
        Math.max(0, settings * mostRepeats - recorded.size()),
        fast,
        slow,
        blocks ? settings * segments : 0,
        block,
        target.calibrationSeconds());
  }

  /** Measures the first stream of a target. */
  public static Samples measure(Target target, Budget budget) {
    return new Campaign(target, 0, budget, List.of(), run -> {}).run();
  }

  /**
   * Measures given settings, each so often, interleaved.
   *
   * @param stream index of the stream
   * @return the runs in the order in which they were made
   */
  public static Samples measure(Target target, int stream, int[] settings, int repeats) {
    Campaign campaign =
        new Campaign(
            target, stream, Budget.settings(settings.length).repeats(repeats), List.of(), r -> {});
    Arrays.stream(settings).distinct().forEach(campaign.chosen::add);
    campaign.repeatAll();
    return campaign.samples();
  }

  /**
   * Measures until nothing is left to do.
   *
   * @return every run, earlier ones first
   */
  public Samples run() {
    if (budget.adaptive()) {
      adapt();
    } else {
      for (int setting : choice.first(settings)) {
        if (!chosen.contains(setting)) {
          chosen.add(setting);
        }
      }
      repeatAll();
    }
    return samples();
  }

  private Samples samples() {
    return new Samples(
        target.grid(), workload, recorded, blocks(), Optional.empty(), Optional.empty());
  }

  /** Where the meter is too slow for single operators: the energy of every segment. */
  private List<Samples.Block> blocks() {
    List<Samples.Block> blocks = new ArrayList<>();
    double period = target.meterPeriodSeconds();
    if (!(period > 0)) {
      return blocks;
    }
    Stream segments = target.streams().get(stream);
    for (int setting : chosen) {
      for (int s = 0; s < segments.segments(); s++) {
        int first = segments.firstOperator(s);
        int last = segments.endOperator(s) - 1;
        double seconds = 0;
        for (int i = first; i <= last; i++) {
          seconds += medianSeconds(setting, i);
        }
        int repeats = SegmentEnergy.repeats(seconds, period, METER_READINGS);
        for (int attempt = 1; attempt <= MOST_METER_ATTEMPTS; attempt++, repeats *= 4) {
          double joules = target.blockJoules(stream, setting, first, last, repeats);
          if (joules > 0) {
            blocks.add(new Samples.Block(setting, first, last, joules));
            break;
          }
        }
      }
    }
    return blocks;
  }

  private void repeatAll() {
    for (int repeat = 1; repeat <= mostRepeats; repeat++) {
      for (int setting : chosen) {
        repeatUpTo(setting, repeat);
      }
    }
  }

  private void adapt() {
    int pilot = Math.min(PILOT, mostRepeats);
    int free = Math.min(settings, choice.corners().size() + 1);
    for (int setting : choice.first(free)) {
      if (chosen.size() < free && !chosen.contains(setting)) {
        chosen.add(setting);
      }
    }
    for (int repeat = 1; repeat <= pilot; repeat++) {
      for (int setting : chosen) {
        repeatUpTo(setting, repeat);
      }
    }
    while (chosen.size() < settings) {
      int next = choice.next(chosen.stream().mapToInt(Integer::intValue).toArray(), medians());
      chosen.add(next);
      repeatUpTo(next, pilot);
    }
    for (int repeat = pilot + 1; repeat <= mostRepeats; repeat++) {
      int round = repeat;
      if (chosen.stream().allMatch(this::known)) {
        break;
      }
      cool();
      chosen.stream()
          .filter(x -> !known(x))
          .collect(Collectors.toList())
          .forEach(x -> repeatUpTo(x, round));
    }
  }

  private void repeatUpTo(int setting, int repeats) {
    int voids = 0;
    while (totals(setting).length < repeats) {
      Samples.Run run = target.measure(stream, setting);
      keep(run);
      voids = run.excluded().isPresent() ? voids + 1 : 0;
      if (voids == MOST_VOID_IN_A_ROW) {
        throw new NeuroBalancerException(
            NeuroBalancerException.Kind.HARDWARE_REFUSED,
            String.format(
                Locale.ROOT,
                "%d runs in a row at %s do not count (%s).%nMaybe stop what else runs on this device, and profile again.",
                voids,
                target.grid().describe(setting),
                run.excluded().orElse("")));
      }
    }
  }

  /** Measures the reference; while it is slow twice in a row, lets the device cool down. */
  private void cool() {
    int reference = chosen.get(0);
    double[] first = totals(reference);
    if (first.length < PILOT) {
      return;
    }
    double limit = HOT_FACTOR * Medians.of(Arrays.copyOf(first, PILOT));
    for (int pause = 0; pause <= MOST_PAUSES; pause++) {
      Samples.Run once = target.measure(stream, reference);
      if (once.totalSeconds() <= limit) {
        keep(once);
        return;
      }
      Samples.Run again = target.measure(stream, reference);
      if (again.totalSeconds() <= limit) {
        // A single stall: both runs are what the device does.
        keep(once);
        keep(again);
        return;
      }
      keep(once.exclude(HOT));
      keep(again.exclude(HOT));
      if (pause < MOST_PAUSES) {
        target.coolDown(PAUSE_SECONDS);
      }
    }
  }

  private void keep(Samples.Run run) {
    recorded.add(run);
    recorder.accept(run);
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
    double median = Medians.of(totals);
    double spread =
        1.4826 * Medians.of(Arrays.stream(totals).map(t -> Math.abs(t - median)).toArray());
    return 1.2533 * spread / Math.sqrt(totals.length) <= KNOWN_WITHIN * median;
  }

  private double[] totals(int setting) {
    return counted(setting).stream().mapToDouble(Samples.Run::totalSeconds).toArray();
  }

  private List<Samples.Run> counted(int setting) {
    return recorded.stream()
        .filter(run -> !run.excluded().isPresent() && run.setting() == setting)
        .collect(Collectors.toList());
  }

  private double[][] medians() {
    double[][] medians = new double[workload.size()][chosen.size()];
    for (int i = 0; i < medians.length; i++) {
      for (int s = 0; s < chosen.size(); s++) {
        medians[i][s] = medianSeconds(chosen.get(s), i);
      }
    }
    return medians;
  }

  private double medianSeconds(int setting, int operator) {
    return Medians.of(
        counted(setting).stream().mapToDouble(run -> run.latencySeconds(operator)).toArray());
  }
}
