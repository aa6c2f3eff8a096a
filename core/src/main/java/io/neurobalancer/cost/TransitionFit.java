package io.neurobalancer.cost;

import io.neurobalancer.cost.math.NonNegativeLeastSquares;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What switches cost, from runs that contain some: what a run took beyond the sum of its operators
 * is shared out over the kinds of switches in it by non-negative least squares.
 *
 * <p>A kind is a domain and a direction, such as {@code memory up}; a run on several processors may
 * have others, such as a hand-over from one to the next. A kind that no run contained has no cost:
 * it is unknown, not free.
 */
public final class TransitionFit {

  private final Map<String, Double> seconds;
  private final Map<String, Double> joules;

  private TransitionFit(Map<String, Double> seconds, Map<String, Double> joules) {
    this.seconds = seconds;
    this.joules = joules;
  }

  /**
   * One run with switches.
   *
   * @param switches how many there were of each kind
   * @param totalSeconds of the whole run, positive
   * @param operatorSeconds the part that its operators account for
   * @param totalJoules of the whole run, positive
   * @param operatorJoules the part that its operators account for
   */
  public record Run(
      Map<String, Integer> switches,
      double totalSeconds,
      double operatorSeconds,
      double totalJoules,
      double operatorJoules) {
    public Run {
      switches = Map.copyOf(switches);
    }
  }

  /** Returns what one clock's change is called. */
  public static String kind(FrequencyDomain domain, boolean up) {
    return domain.name() + (up ? " up" : " down");
  }

  /**
   * Fits.
   *
   * @throws IllegalArgumentException if no run contains a switch
   */
  public static TransitionFit fit(List<Run> runs) {
    Set<String> kinds = new TreeSet<>();
    runs.forEach(run -> run.switches().forEach((kind, times) -> addIf(kinds, kind, times > 0)));
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "None of the runs (%d) contains a switch, so their cost cannot be told.%nMaybe measure runs that change clocks.",
              runs.size()));
    }
    List<String> order = List.copyOf(kinds);
    List<double[]> timeRows = new ArrayList<>();
    List<double[]> energyRows = new ArrayList<>();
    double[] lostTime = new double[runs.size()];
    double[] lostEnergy = new double[runs.size()];
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      timeRows.add(row(order, run, run.totalSeconds()));
      energyRows.add(row(order, run, run.totalJoules()));
      lostTime[r] = (run.totalSeconds() - run.operatorSeconds()) / run.totalSeconds();
      lostEnergy[r] = (run.totalJoules() - run.operatorJoules()) / run.totalJoules();
    }
    return new TransitionFit(
        named(order, NonNegativeLeastSquares.solve(timeRows.toArray(new double[0][]), lostTime)),
        named(
            order, NonNegativeLeastSquares.solve(energyRows.toArray(new double[0][]), lostEnergy)));
  }

  private static void addIf(Set<String> kinds, String kind, boolean present) {
    if (present) {
      kinds.add(kind);
    }
  }

  private static double[] row(List<String> order, Run run, double total) {
    return order.stream()
        .mapToDouble(kind -> run.switches().getOrDefault(kind, 0) / total)
        .toArray();
  }

  private static Map<String, Double> named(List<String> order, double[] values) {
    Map<String, Double> named = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(order.get(i), values[i]);
    }
    return named;
  }

  /** Returns the kinds of switches that were seen, in alphabetical order. */
  public List<String> kinds() {
    return List.copyOf(seconds.keySet());
  }

  /** Returns the time that a switch of a kind costs, seconds; empty if none was seen. */
  public OptionalDouble seconds(String kind) {
    return of(seconds, kind);
  }

  /** Returns the energy that a switch of a kind costs, joules; empty if none was seen. */
  public OptionalDouble joules(String kind) {
    return of(joules, kind);
  }

  private static OptionalDouble of(Map<String, Double> costs, String kind) {
    return costs.containsKey(kind)
        ? OptionalDouble.of(costs.getOrDefault(kind, 0.0))
        : OptionalDouble.empty();
  }

  /** Returns the time that these switches cost together, seconds; unknown kinds count nothing. */
  public double seconds(Map<String, Integer> switches) {
    return sum(seconds, switches);
  }

  /** Returns the energy that these switches cost together, joules; unknown kinds count nothing. */
  public double joules(Map<String, Integer> switches) {
    return sum(joules, switches);
  }

  private static double sum(Map<String, Double> costs, Map<String, Integer> switches) {
    return switches.entrySet().stream()
        .mapToDouble(entry -> costs.getOrDefault(entry.getKey(), 0.0) * entry.getValue())
        .sum();
  }

  /**
   * Returns the costs of the domains of a device.
   *
   * @throws IllegalArgumentException if a domain was never seen to switch in one direction
   */
  public SwitchCosts switchCosts(SettingGrid grid) {
    List<SwitchCost> costs = new ArrayList<>();
    for (FrequencyDomain domain : grid.domains()) {
      String up = kind(domain, true);
      String down = kind(domain, false);
      costs.add(
          new SwitchCost(
              known(seconds(up), up),
              known(seconds(down), down),
              known(joules(up), up),
              known(joules(down), down)));
    }
    return new SwitchCosts(costs);
  }

  private static double known(OptionalDouble cost, String kind) {
    return cost.orElseThrow(
        () ->
            new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "No run contains a switch '%s', so its cost cannot be told.%nMaybe measure a run that contains one.",
                    kind)));
  }
}
