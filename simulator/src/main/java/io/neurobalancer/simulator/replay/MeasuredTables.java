package io.neurobalancer.simulator.replay;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads tables of measurements. The header names what is in each column, and its unit:
 *
 * <pre>
 *   operator,core:gpu_megahertz,memory:emc_megahertz,latency_milliseconds,energy_millijoules
 *   conv_1,1300.5,1866,3.25,31.7
 * </pre>
 *
 * <p>Clocks may be in hertz, kilohertz, megahertz or gigahertz; latency in seconds, milliseconds or
 * microseconds; energy in joules or millijoules, or instead of it {@code power_watts} or {@code
 * power_milliwatts}. Energy may be left out, and so may {@code operator} where the whole job is one
 * row. Operators run in the order in which they first appear. Rows of the operator {@code (idle)}
 * give the power of the device between jobs. There may be any number of clocks, and cells that
 * nobody measured.
 */
public final class MeasuredTables {

  /** The name in the operator column of rows that give the power between jobs. */
  public static final String IDLE = "(idle)";

  private static final int MOST_OPERATORS = 100_000;

  private static final Pattern CLOCK = Pattern.compile("(core|memory):([\\w.-]+)_([a-z]+)");
  private static final Map<String, Double> HERTZ =
      Map.of("hertz", 1.0, "kilohertz", 1e3, "megahertz", 1e6, "gigahertz", 1e9);
  private static final Map<String, Double> SECONDS =
      Map.of("seconds", 1.0, "milliseconds", 1e-3, "microseconds", 1e-6);
  private static final Map<String, Double> JOULES = Map.of("joules", 1.0, "millijoules", 1e-3);
  private static final Map<String, Double> WATTS = Map.of("watts", 1.0, "milliwatts", 1e-3);

  private MeasuredTables() {}

  /**
   * Reads a table.
   *
   * @throws NeuroBalancerException if a column is missing or has no unit, a number is none or not
   *     positive, or two rows measure the same; the message names file, line and column
   */
  public static MeasuredTable read(Path file) {
    return of(CsvTable.read(file));
  }

  static MeasuredTable of(CsvTable csv) {
    List<Clock> clocks = csv.headers().stream().flatMap(h -> clock(csv, h).stream()).toList();
    if (clocks.isEmpty()) {
      throw NeuroBalancerException.invalid(
          "%s, line 1: no column gives a clock.%nMaybe name one core:gpu_megahertz, and another memory:emc_megahertz."
              .formatted(csv.file()));
    }
    Measure latency = required(csv, "latency", SECONDS);
    Optional<Measure> energy = optional(csv, "energy", JOULES);
    Optional<Measure> power = optional(csv, "power", WATTS);
    if (csv.rows().isEmpty()) {
      throw NeuroBalancerException.invalid(
          "%s has a header, but no measurement.%nMaybe it is cut off.".formatted(csv.file()));
    }
    SettingGrid grid = grid(csv, clocks);
    Map<String, Integer> operators = operators(csv);
    if (operators.isEmpty() || operators.size() > MOST_OPERATORS) {
      throw NeuroBalancerException.invalid(
          "%s has %d operators; there must be 1 to %d.%nMaybe add a row that is not idle."
              .formatted(csv.file(), operators.size(), MOST_OPERATORS));
    }
    if ((long) operators.size() * grid.size() > 50_000_000) {
      throw NeuroBalancerException.invalid(
          "%s has %d operators at %d settings, more than can be held.%nMaybe leave out clocks that nobody needs."
              .formatted(csv.file(), operators.size(), grid.size()));
    }
    MeasuredTable.Builder builder =
        MeasuredTable.builder(csv.file(), grid, List.copyOf(operators.keySet()));
    for (CsvTable.Row row : csv.rows()) {
      int operator = operators.getOrDefault(operatorName(csv, row), 0);
      int[] opps = new int[clocks.size()];
      for (int d = 0; d < opps.length; d++) {
        opps[d] = grid.domains().get(d).opps().indexOf(clocks.get(d).of(csv, row));
      }
      int setting = grid.setting(opps);
      if (operatorName(csv, row).equals(IDLE)) {
        double watts =
            power.isPresent()
                ? power.get().of(csv, row)
                : energy.orElseThrow(() -> idleWithoutPower(csv, row)).of(csv, row)
                    / latency.of(csv, row);
        if (builder.hasIdle(setting)) {
          throw twice(csv, row, grid, setting);
        }
        builder.idle(setting, watts);
        continue;
      }
      if (builder.has(operator, setting)) {
        throw twice(csv, row, grid, setting);
      }
      double seconds = latency.of(csv, row);
      builder.latency(operator, setting, seconds);
      energy.ifPresent(e -> builder.energy(operator, setting, e.of(csv, row)));
      if (energy.isEmpty()) {
        power.ifPresent(p -> builder.energy(operator, setting, p.of(csv, row) * seconds));
      }
    }
    return builder.build();
  }

  private static NeuroBalancerException twice(
      CsvTable csv, CsvTable.Row row, SettingGrid grid, int setting) {
    return NeuroBalancerException.invalid(
        "%s, line %d: '%s' at %s was measured in an earlier row already.%nMaybe average the two, or keep one."
            .formatted(csv.file(), row.line(), operatorName(csv, row), grid.describe(setting)));
  }

  private static NeuroBalancerException idleWithoutPower(CsvTable csv, CsvTable.Row row) {
    return NeuroBalancerException.invalid(
        "%s, line %d: an idle row needs a power.%nMaybe add a column power_watts."
            .formatted(csv.file(), row.line()));
  }

  private static SettingGrid grid(CsvTable csv, List<Clock> clocks) {
    Set<String> names = new LinkedHashSet<>();
    for (Clock clock : clocks) {
      if (!names.add(clock.name())) {
        throw NeuroBalancerException.invalid(
            "%s, line 1: two clocks are called '%s'.%nMaybe rename one of the columns."
                .formatted(csv.file(), clock.name()));
      }
    }
    List<FrequencyDomain> domains = new ArrayList<>();
    for (Clock clock : clocks) {
      TreeSet<Frequency> distinct = new TreeSet<>();
      csv.rows().forEach(row -> distinct.add(clock.of(csv, row)));
      domains.add(
          new FrequencyDomain(clock.name(), clock.kind(), OppTable.of(List.copyOf(distinct))));
    }
    return new SettingGrid(domains);
  }

  private static Map<String, Integer> operators(CsvTable csv) {
    Set<String> names = new LinkedHashSet<>();
    csv.rows().forEach(row -> names.add(operatorName(csv, row)));
    names.remove(IDLE);
    Map<String, Integer> indices = new LinkedHashMap<>();
    names.forEach(name -> indices.put(name, indices.size()));
    return indices;
  }

  private static String operatorName(CsvTable csv, CsvTable.Row row) {
    if (!csv.headers().contains("operator")) {
      return "job";
    }
    String name = row.text("operator");
    if (name.isBlank()) {
      throw NeuroBalancerException.invalid(
          "%s, line %d: the operator has no name.".formatted(csv.file(), row.line()));
    }
    return name;
  }

  private static Optional<Clock> clock(CsvTable csv, String header) {
    Matcher matcher = CLOCK.matcher(header);
    if (!matcher.matches()) {
      if (header.startsWith("core:") || header.startsWith("memory:")) {
        throw unclear(csv, header, header + "_megahertz");
      }
      return Optional.empty();
    }
    Double hertz = HERTZ.get(matcher.group(3));
    if (hertz == null) {
      throw unclear(csv, header, matcher.group(1) + ":" + matcher.group(2) + "_megahertz");
    }
    return Optional.of(
        new Clock(
            header,
            matcher.group(2),
            matcher.group(1).equals("core")
                ? FrequencyDomain.Kind.CORE
                : FrequencyDomain.Kind.MEMORY,
            hertz));
  }

  private static Measure required(CsvTable csv, String quantity, Map<String, Double> units) {
    return optional(csv, quantity, units)
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    "%s, line 1: there is no column for the %s.%nMaybe name it %s_%s."
                        .formatted(
                            csv.file(), quantity, quantity, new TreeSet<>(units.keySet()).last())));
  }

  private static Optional<Measure> optional(
      CsvTable csv, String quantity, Map<String, Double> units) {
    for (String header : csv.headers()) {
      if (header.equals(quantity) || header.startsWith(quantity + "_")) {
        String unit = header.substring(Math.min(header.length(), quantity.length() + 1));
        Double factor = units.get(unit);
        if (factor == null) {
          throw unclear(csv, header, quantity + "_" + new TreeSet<>(units.keySet()).last());
        }
        return Optional.of(new Measure(header, factor));
      }
    }
    return Optional.empty();
  }

  private static NeuroBalancerException unclear(CsvTable csv, String header, String better) {
    return NeuroBalancerException.invalid(
        "%s, line 1: the unit of column '%s' is not clear.%nMaybe name it %s."
            .formatted(csv.file(), header, better));
  }

  private record Measure(String column, double factor) {
    double of(CsvTable csv, CsvTable.Row row) {
      return csv.positive(row, column) * factor;
    }
  }

  private record Clock(String column, String name, FrequencyDomain.Kind kind, double hertz) {
    Frequency of(CsvTable csv, CsvTable.Row row) {
      return Frequency.ofHertz(Math.max(1, Math.round(csv.positive(row, column) * hertz)));
    }
  }
}
