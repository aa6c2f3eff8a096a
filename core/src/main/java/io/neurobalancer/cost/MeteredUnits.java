package io.neurobalancer.cost;

import io.neurobalancer.cost.math.Medians;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the meter told, setting by setting, of operators or of groups of consecutive ones.
 *
 * <p>A meter that counts in steps, or that is renewed now and then only, reads zero while a short
 * operator runs and charges what it used to one behind it. So zero is no reading; and an operator
 * that often reads zero cannot be told from its neighbours: the sum over a group that is long
 * enough is right where no part of it is. Groups are as small as the readings allow.
 */
final class MeteredUnits {

  /** A meter that reads zero more often than this says little where it does not. */
  private static final double ZERO_SHARE = 0.1;

  private final List<Unit> units;
  private final List<String> notes;

  /**
   * Consecutive operators and their energy.
   *
   * @param first index of the first operator
   * @param last index of the last one, inclusive
   * @param joules per measured setting; NaN where there is no reading
   */
  record Unit(int first, int last, List<Double> joules) {
    double[] perSetting() {
      return joules.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  private MeteredUnits(List<Unit> units, List<String> notes) {
    this.units = List.copyOf(units);
    this.notes = List.copyOf(notes);
  }

  /** Returns the units, which cover all operators; none where no energy is known. */
  List<Unit> units() {
    return units;
  }

  /** Returns what a report should say about the meter. */
  List<String> notes() {
    return notes;
  }

  /**
   * Sorts out the readings.
   *
   * @param settings those that were measured, ascending
   */
  static MeteredUnits of(Samples samples, int[] settings) {
    Reader reader = new Reader(samples, settings);
    return samples.blocks().isEmpty() ? reader.fromRuns() : reader.fromBlocks();
  }

  private static final class Reader {
    private final Samples samples;
    private final List<Samples.Run> runs;
    private final int[] settings;
    private final int operators;
    private final int needed;
    private final List<String> notes = new ArrayList<>();

    Reader(Samples samples, int[] settings) {
      this.samples = samples;
      this.runs = samples.counted();
      this.settings = settings;
      this.operators = samples.workload().size();
      // Fewer points than that tell neither the clocks apart nor what they tell from chance.
      this.needed =
          Math.max(
              Math.min(settings.length, samples.grid().dimensions() + 2),
              (settings.length + 1) / 2);
    }

    MeteredUnits fromRuns() {
      long readings = 0;
      long zeros = 0;
      for (Samples.Run run : runs) {
        for (int i = 0; i < operators; i++) {
          readings += Double.isNaN(run.energyJoules(i)) ? 0 : 1;
          zeros += run.energyJoules(i) == 0 ? 1 : 0;
        }
      }
      if (readings == 0) {
        return nothing("No meter told any energy.");
      }
      if (zeros == readings) {
        return nothing(
            format(
                "The meter read 0 J in all runs (%d), so it is ignored: no energy is known.%nMaybe use another meter or rail.",
                runs.size()));
      }
      if (zeros > 0) {
        notes.add(
            format("%d of %d energy readings were zero, which is no reading.", zeros, readings));
      }
      List<Unit> units = new ArrayList<>();
      int first = 0;
      for (int last = 0; last < operators; last++) {
        Unit unit = read(first, last);
        if (tells(unit)) {
          units.add(unit);
          first = last + 1;
        }
      }
      if (first < operators) {
        // What is left at the end goes with what stands before it.
        Unit unit = read(first, operators - 1);
        while (!tells(unit) && !units.isEmpty()) {
          unit = read(units.remove(units.size() - 1).first(), operators - 1);
        }
        if (!tells(unit)) {
          return nothing(
              format(
                  "The meter read no energy of the whole job at more than %d of %d settings, so no energy is known.%nMaybe use a faster meter, or one that counts in smaller steps.",
                  points(unit), settings.length));
        }
        units.add(unit);
      }
      return new MeteredUnits(units, withGroups(units));
    }

    MeteredUnits fromBlocks() {
      TreeSet<Integer> cuts = new TreeSet<>();
      for (Samples.Block block : samples.blocks()) {
        cuts.add(block.firstOperator());
        cuts.add(block.lastOperator() + 1);
      }
      List<Integer> bounds = new ArrayList<>(cuts);
      int count = bounds.size() - 1;
      double[][] joules = new double[count][settings.length];
      for (int s = 0; s < settings.length; s++) {
        int setting = settings[s];
        List<Samples.Block> here =
            samples.blocks().stream()
                .filter(block -> block.setting() == setting)
                .map(
                    block ->
                        new Samples.Block(
                            setting,
                            bounds.indexOf(block.firstOperator()),
                            bounds.indexOf(block.lastOperator() + 1) - 1,
                            block.joules()))
                .collect(Collectors.toList());
        for (double[] row : joules) {
          row[s] = Double.NaN;
        }
        if (!here.isEmpty()) {
          SegmentEnergy solved = SegmentEnergy.solve(count, here);
          for (int u = 0; u < count; u++) {
            joules[u][s] =
                solved.notIdentifiable().contains(u) || !(solved.joules(u) > 0)
                    ? Double.NaN
                    : solved.joules(u);
          }
        }
      }
      List<Unit> units = new ArrayList<>();
      for (int u = 0; u < count; u++) {
        Unit unit =
            new Unit(
                bounds.get(u),
                bounds.get(u + 1) - 1,
                Arrays.stream(joules[u]).boxed().collect(Collectors.toList()));
        if (!tells(unit)) {
          return nothing(
              format(
                  "The meter's blocks tell the energy of %s at %d of %d settings only, so no energy is known.%nMaybe profile again with more time for the meter.",
                  named(unit), points(unit), settings.length));
        }
        units.add(unit);
      }
      if (bounds.get(0) > 0 || bounds.get(count) < operators) {
        throw NeuroBalancerException.invalid(
            format(
                "The energy blocks cover the operators %d to %d of %d.%nMaybe profile again.",
                bounds.get(0), bounds.get(count) - 1, operators));
      }
      return new MeteredUnits(units, withGroups(units));
    }

    private Unit read(int first, int last) {
      List<Double> joules = new ArrayList<>();
      for (int setting : settings) {
        List<Double> readings = new ArrayList<>();
        int zeros = 0;
        for (Samples.Run run : runs) {
          if (run.setting() == setting) {
            double sum = 0;
            for (int i = first; i <= last; i++) {
              sum += run.energyJoules(i);
            }
            if (sum > 0) {
              readings.add(sum);
            } else if (sum == 0) {
              zeros++;
            }
          }
        }
        joules.add(
            zeros > ZERO_SHARE * (zeros + readings.size())
                ? Double.NaN
                : Medians.of(readings.stream().mapToDouble(Double::doubleValue).toArray()));
      }
      return new Unit(first, last, joules);
    }

    private boolean tells(Unit unit) {
      return points(unit) >= needed;
    }

    private static long points(Unit unit) {
      return unit.joules().stream().filter(j -> !j.isNaN()).count();
    }

    private List<String> withGroups(List<Unit> units) {
      units.stream()
          .filter(unit -> unit.last() > unit.first())
          .map(
              unit ->
                  format(
                      "The meter cannot tell %s apart: their energy is known together and shared out by their latency.",
                      named(unit)))
          .forEach(notes::add);
      return notes;
    }

    private String named(Unit unit) {
      String first = samples.workload().operators().get(unit.first()).name();
      return unit.last() == unit.first()
          ? format("operator '%s'", first)
          : format(
              "the %d operators from '%s' to '%s'",
              unit.last() - unit.first() + 1,
              first,
              samples.workload().operators().get(unit.last()).name());
    }

    private MeteredUnits nothing(String why) {
      return new MeteredUnits(List.of(), List.of(why));
    }

    private static String format(String text, Object... values) {
      return String.format(Locale.ROOT, text, values);
    }
  }
}
