package io.neurobalancer.evaluation.validation;

import io.neurobalancer.cost.OperatorFit;
import io.neurobalancer.cost.TransitionFit;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.evaluation.validation.Rk3399Data.Cost;
import io.neurobalancer.evaluation.validation.Rk3399Data.Layer;
import io.neurobalancer.evaluation.validation.Rk3399Data.Processor;
import io.neurobalancer.evaluation.validation.Rk3399Data.Schedule;
import io.neurobalancer.evaluation.validation.Rk3399Data.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Layers of five networks on an RK3399, and whole runs in which every layer chose processor and
 * clocks at random: do predicted layers and predicted switches add up to what was measured?
 */
public final class Rk3399 {

  /** Whole runs of a network that its own transition costs are fitted to. */
  private static final int OWN_RUNS = 40;

  private static final double TIME_LIMIT = 0.04;

  private final Rk3399Data data;
  private final Map<Layer, OperatorFit> fits = new HashMap<>();
  private final List<Section> sections = new ArrayList<>();

  private Rk3399(Path folder) {
    data = new Rk3399Data(folder);
  }

  /** Judges; the folder is the dataset's. */
  public static List<Section> judge(Path folder) {
    Rk3399 judge = new Rk3399(folder);
    judge.layers();
    judge.schedules();
    return judge.sections;
  }

  /**
   * The clocks that train: the ends and the middle; for the GPU, with the big core that feeds it.
   */
  private static int[] trained(Processor processor) {
    return switch (processor) {
      case L -> new int[] {0, 1, 3, 5};
      case B -> new int[] {0, 2, 4, 7};
      case G -> {
        var grid = processor.grid();
        yield new int[] {
          grid.setting(0, 0),
          grid.setting(0, 7),
          grid.setting(2, 3),
          grid.setting(2, 7),
          grid.setting(4, 0),
          grid.setting(4, 3),
          grid.setting(4, 7)
        };
      }
    };
  }

  private void layers() {
    Map<Processor, Errors> time = new EnumMap<>(Processor.class);
    Map<Processor, Errors> power = new EnumMap<>(Processor.class);
    Map<Processor, Errors> dumb = new EnumMap<>(Processor.class);
    data.layers()
        .forEach(
            (layer, costs) -> {
              Processor processor = layer.processor();
              int[] chosen = trained(processor);
              double[] seconds = new double[chosen.length];
              double[] joules = new double[chosen.length];
              double mean = 0;
              for (int s = 0; s < chosen.length; s++) {
                Cost cost = Objects.requireNonNull(costs.get(chosen[s]));
                seconds[s] = cost.seconds();
                joules[s] = cost.joules();
                mean += cost.seconds() / chosen.length;
              }
              OperatorFit fit = OperatorFit.of(processor.grid(), chosen, seconds, joules);
              fits.put(layer, fit);
              for (var entry : costs.entrySet()) {
                int x = entry.getKey();
                if (layer.index() < 0 || contains(chosen, x)) {
                  continue;
                }
                Cost cost = entry.getValue();
                time.computeIfAbsent(processor, p -> new Errors())
                    .add(fit.seconds(x), cost.seconds());
                dumb.computeIfAbsent(processor, p -> new Errors()).add(mean, cost.seconds());
                power
                    .computeIfAbsent(processor, p -> new Errors())
                    .add(fit.joules(x) / fit.seconds(x), cost.joules() / cost.seconds());
              }
            });
    List<List<String>> rows = new ArrayList<>();
    for (Processor processor : Processor.values()) {
      Errors t = Objects.requireNonNull(time.get(processor));
      Errors p = Objects.requireNonNull(power.get(processor));
      rows.add(
          List.of(
              switch (processor) {
                case L -> "little CPU";
                case B -> "big CPU";
                case G -> "GPU, host";
              },
              "%d of %d".formatted(trained(processor).length, processor.grid().size()),
              String.valueOf(t.count()),
              Errors.percent(t.mean()),
              Errors.percent(t.quantile(0.5)),
              Errors.percent(t.quantile(0.9)),
              Errors.percent(Objects.requireNonNull(dumb.get(processor)).mean()),
              Errors.percent(p.mean()),
              Errors.percent(p.quantile(0.9))));
    }
    sections.add(
        new Section(
            "RK3399: layers at clocks that trained nothing",
            List.of(
                "61 layers of five networks. Four of six (little) or eight (big) CPU clocks train, seven"
                    + " of 40 pairs of GPU and host clock; the others judge. There is no memory clock to"
                    + " set on this board. Power is that of the board."),
            List.of(
                new Section.Table(
                    "relative error at clocks left out",
                    List.of(
                        "processor",
                        "trained",
                        ">predictions",
                        ">time mean",
                        ">median",
                        ">90 %",
                        ">mean of measured",
                        ">power mean",
                        ">90 %"),
                    rows)),
            List.of(),
            List.of()));
  }

  private static boolean contains(int[] values, int wanted) {
    for (int value : values) {
      if (value == wanted) {
        return true;
      }
    }
    return false;
  }

  private void schedules() {
    List<List<String>> rows = new ArrayList<>();
    List<Section.Check> checks = new ArrayList<>();
    Errors allOwn = new Errors();
    Errors allForeign = new Errors();
    Errors allEnergy = new Errors();
    Errors allPower = new Errors();
    for (String network : Rk3399Data.NETWORKS) {
      List<TransitionFit.Run> own = new ArrayList<>();
      List<TransitionFit.Run> foreign = new ArrayList<>();
      data.schedules()
          .forEach(
              (name, runs) -> {
                if (name.equals(network)) {
                  runs.stream().limit(OWN_RUNS).map(this::run).forEach(own::add);
                } else {
                  runs.stream().map(this::run).forEach(foreign::add);
                }
              });
      TransitionFit fromOwn = TransitionFit.fit(own);
      TransitionFit fromOthers = TransitionFit.fit(foreign);
      Errors sumTime = new Errors();
      Errors sumEnergy = new Errors();
      Errors ownTime = new Errors();
      Errors ownEnergy = new Errors();
      Errors foreignTime = new Errors();
      Errors foreignEnergy = new Errors();
      List<Schedule> all = Objects.requireNonNull(data.schedules().get(network));
      for (Schedule schedule : all.subList(OWN_RUNS, all.size())) {
        TransitionFit.Run run = run(schedule);
        Map<String, Integer> switches = run.switches();
        sumTime.add(run.operatorSeconds(), run.totalSeconds());
        sumEnergy.add(run.operatorJoules(), run.totalJoules());
        ownTime.add(run.operatorSeconds() + fromOwn.seconds(switches), run.totalSeconds());
        ownEnergy.add(run.operatorJoules() + fromOwn.joules(switches), run.totalJoules());
        allPower.add(
            (run.operatorJoules() + fromOwn.joules(switches))
                / (run.operatorSeconds() + fromOwn.seconds(switches)),
            run.totalJoules() / run.totalSeconds());
        foreignTime.add(run.operatorSeconds() + fromOthers.seconds(switches), run.totalSeconds());
        foreignEnergy.add(run.operatorJoules() + fromOthers.joules(switches), run.totalJoules());
      }
      allOwn.addAll(ownTime);
      allForeign.addAll(foreignTime);
      allEnergy.addAll(ownEnergy);
      rows.add(
          List.of(
              network,
              String.valueOf(sumTime.count()),
              Errors.change(sumTime.bias()),
              Errors.percent(ownTime.mean()),
              Errors.percent(ownTime.quantile(0.9)),
              Errors.percent(foreignTime.mean()),
              Errors.change(sumEnergy.bias()),
              Errors.percent(ownEnergy.mean()),
              Errors.percent(foreignEnergy.mean())));
      checks.add(
          new Section.Check(
              "RK3399 %s, mean time error of %d random schedules"
                  .formatted(network, ownTime.count()),
              ownTime.mean(),
              TIME_LIMIT));
    }
    checks.add(
        new Section.Check(
            "RK3399, the same with transitions from other networks, all runs",
            allForeign.mean(),
            TIME_LIMIT));
    TransitionFit everything =
        TransitionFit.fit(
            data.schedules().values().stream().flatMap(List::stream).map(this::run).toList());
    sections.add(
        new Section(
            "RK3399: whole runs with random schedules",
            List.of(
                "Every layer of these measured runs chose processor and clocks at random. Predicted is"
                    + " the sum of input and layers, each from the fits above, plus what the switches"
                    + " cost: non-negative costs per kind of switch (a clock up or down, a hand-over"
                    + " from one processor to another, and the boundary between two layers as such),"
                    + " fitted to the difference between measured runs and sums. \"Own\" costs come from"
                    + " the first %d runs of the network, which then judge nothing; \"others'\" from all"
                        .formatted(OWN_RUNS)
                    + " runs of the four other networks. %d runs have no total at the source and are left"
                        .formatted(data.incomplete())
                    + " out."),
            List.of(
                new Section.Table(
                    "relative error of whole runs",
                    List.of(
                        "network",
                        ">runs",
                        ">sum alone, bias",
                        ">time, own",
                        ">90 %",
                        ">time, others'",
                        ">energy sum, bias",
                        ">energy, own",
                        ">energy, others'"),
                    rows),
                new Section.Table(
                    "what a switch costs, fitted to all runs",
                    List.of("kind", ">ms", ">mJ"),
                    everything.kinds().stream()
                        .map(
                            kind ->
                                List.of(
                                    kind,
                                    thousandths(everything.seconds(kind)),
                                    thousandths(everything.joules(kind))))
                        .toList())),
            checks,
            remarks(allOwn, allEnergy, allPower.mean(), allOwn.correlation(allEnergy))));
  }

  private List<String> remarks(Errors time, Errors energy, double powerError, double correlation) {
    return List.of(
        String.format(
            Locale.ROOT,
            "Without the switches, the sums are 8 to 14 %% too low: on this board a plan that ignores"
                + " them promises what it cannot keep. With them, time is off by %s and energy by %s"
                + " on average over the runs.",
            Errors.percent(time.mean()),
            Errors.percent(energy.mean())),
        "Costs fitted to other networks carry over to four networks out of five; MobileNet's are"
            + " overestimated by them. A transition cost belongs to a network as much as to a board:"
            + " measure it with the network.",
        String.format(
            Locale.ROOT,
            "Why energy is no better: the board's average power over a run is predicted within %s, and"
                + " the errors of time and energy go together (correlation %.2f), so most of what is"
                + " missed in energy is missed in time. Below that stands the measurement itself: where"
                + " the authors measured the same layers a second time (Data/_Layers.csv), the big CPU's"
                + " times differ by %s and powers by %s, the GPU's by %s and %s. The little CPU's second"
                + " times are about twice the first and are not compared.",
            Errors.percent(powerError),
            correlation,
            Errors.percent(again(Processor.B, true)),
            Errors.percent(again(Processor.B, false)),
            Errors.percent(again(Processor.G, true)),
            Errors.percent(again(Processor.G, false))));
  }

  /** Mean difference between the two measurements of a processor's layers. */
  private double again(Processor processor, boolean time) {
    Errors errors = new Errors();
    data.again()
        .forEach(
            (layer, costs) -> {
              Map<Integer, Cost> first = data.layers().getOrDefault(layer, Map.of());
              costs.forEach(
                  (x, cost) -> {
                    Cost before = first.get(x);
                    if (before != null && layer.processor() == processor && layer.index() >= 0) {
                      errors.add(
                          time ? cost.seconds() : cost.joules() / cost.seconds(),
                          time ? before.seconds() : before.joules() / before.seconds());
                    }
                  });
            });
    return errors.mean();
  }

  private static String thousandths(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble() * 1e3) : "?";
  }

  private TransitionFit.Run run(Schedule schedule) {
    double seconds = 0;
    double joules = 0;
    for (int i = -1; i < schedule.steps().size(); i++) {
      Step step = schedule.steps().get(Math.max(0, i));
      OperatorFit fit =
          Objects.requireNonNull(fits.get(new Layer(schedule.network(), i, step.processor())));
      seconds += fit.seconds(step.setting());
      joules += fit.joules(step.setting());
    }
    return new TransitionFit.Run(
        switches(schedule.steps()), schedule.seconds(), seconds, schedule.joules(), joules);
  }

  /** Counts the switches of a run; a domain that was not used yet has no clock to switch from. */
  private static Map<String, Integer> switches(List<Step> steps) {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Integer> clocks = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (i > 0) {
        counts.merge("boundary", 1, Integer::sum);
        Processor before = steps.get(i - 1).processor();
        if (before != step.processor()) {
          counts.merge("hand-over %s to %s".formatted(before, step.processor()), 1, Integer::sum);
        }
      }
      var grid = step.processor().grid();
      for (int d = 0; d < grid.dimensions(); d++) {
        FrequencyDomain domain = grid.domains().get(d);
        int now = grid.oppIndex(step.setting(), d);
        Integer last = clocks.put(domain.name(), now);
        if (last != null && last != now) {
          counts.merge(TransitionFit.kind(domain, now > last), 1, Integer::sum);
        }
      }
    }
    return counts;
  }
}
