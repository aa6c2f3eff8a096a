package io.neurobalancer.files;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the files of samples and of cost models share. */
final class Parts {

  private Parts() {}

  /**
   * A frequency domain.
   *
   * @param name of the domain
   * @param kind what it clocks
   * @param hertz its clocks, ascending
   */
  record Domain(String name, FrequencyDomain.Kind kind, List<Long> hertz) {
    Domain {
      Check.text("name", name);
      hertz = Check.clocks("hertz", hertz);
      for (int i = 1; i < hertz.size(); i++) {
        if (hertz.get(i) <= hertz.get(i - 1)) {
          throw new FieldException(
              "hertz[%d]".formatted(i),
              "(%d) must be faster than the clock before it (%d)"
                  .formatted(hertz.get(i), hertz.get(i - 1)));
        }
      }
    }
  }

  static List<Domain> domains(SettingGrid grid) {
    return grid.domains().stream()
        .map(
            domain ->
                new Domain(
                    domain.name(),
                    domain.kind(),
                    domain.opps().opps().stream().map(opp -> opp.frequency().hertz()).toList()))
        .toList();
  }

  static SettingGrid grid(List<Domain> domains) {
    try {
      return new SettingGrid(
          domains.stream()
              .map(
                  domain ->
                      new FrequencyDomain(
                          domain.name(),
                          domain.kind(),
                          OppTable.of(domain.hertz().stream().map(Frequency::ofHertz).toList())))
              .toList());
    } catch (IllegalArgumentException e) {
      throw new FieldException("domains", "cannot be: " + JsonProblem.firstLine(e.getMessage()));
    }
  }

  /** Returns the clocks of a setting, one per domain, hertz. */
  static List<Long> hertz(SettingGrid grid, int setting) {
    List<Long> hertz = new ArrayList<>();
    for (int d = 0; d < grid.dimensions(); d++) {
      hertz.add(grid.frequency(setting, d).hertz());
    }
    return hertz;
  }

  /** Returns the setting with these clocks, one per domain, which must be OPPs. */
  static int setting(String field, SettingGrid grid, List<Long> hertz) {
    if (hertz.size() != grid.dimensions()) {
      throw new FieldException(
          field, "must be one clock per domain (%d)".formatted(grid.dimensions()));
    }
    int[] opps = new int[hertz.size()];
    for (int d = 0; d < opps.length; d++) {
      OppTable table = grid.domains().get(d).opps();
      opps[d] = table.ceilHertz(hertz.get(d));
      if (table.frequency(opps[d]).hertz() != hertz.get(d)) {
        throw new FieldException(
            field,
            "(%d Hz) is no clock of '%s'".formatted(hertz.get(d), grid.domains().get(d).name()));
      }
    }
    return grid.setting(opps);
  }

  /**
   * What a planner needs besides the operators' costs.
   *
   * @param switchCosts one per domain
   * @param settleSeconds one per domain
   * @param idleStates shallowest first
   * @param meters what measured which figure
   */
  record CalibrationPart(
      List<SwitchCost> switchCosts,
      List<Double> settleSeconds,
      List<Idle> idleStates,
      Map<String, String> meters) {
    CalibrationPart {
      Check.filled("switchCosts", switchCosts);
      Check.filled("idleStates", idleStates);
      for (int d = 0; d < settleSeconds.size(); d++) {
        Check.notNegative("settleSeconds[%d]".formatted(d), settleSeconds.get(d));
      }
    }

    static CalibrationPart of(Calibration calibration) {
      List<Idle> states = new ArrayList<>();
      for (int s = 0; s < calibration.idleStates().size(); s++) {
        IdleState state = calibration.idleStates().get(s);
        states.add(
            new Idle(
                state.name(),
                state.entrySeconds(),
                state.wakeSeconds(),
                state.minimumResidencySeconds(),
                readings(calibration.idleWatts().get(s))));
      }
      return new CalibrationPart(
          calibration.switchCosts().perDomain(),
          calibration.settleSeconds(),
          states,
          new TreeMap<>(calibration.meters()));
    }

    private static Readings readings(List<Double> values) {
      return Readings.of(values.size(), values::get);
    }

    /** Returns the calibration, which must fit the grid. */
    Calibration calibration(String field, SettingGrid grid) {
      sizes(field + ".switchCosts", switchCosts.size(), grid.dimensions(), "domain");
      sizes(field + ".settleSeconds", settleSeconds.size(), grid.dimensions(), "domain");
      for (int s = 0; s < idleStates.size(); s++) {
        sizes(
            "%s.idleStates[%d].watts".formatted(field, s),
            idleStates.get(s).watts().size(),
            grid.size(),
            "setting");
      }
      return new Calibration(
          new SwitchCosts(switchCosts),
          settleSeconds,
          idleStates.stream()
              .map(
                  idle ->
                      new IdleState(
                          idle.name(),
                          idle.entrySeconds(),
                          idle.wakeSeconds(),
                          idle.minimumResidencySeconds()))
              .toList(),
          idleStates.stream().map(idle -> idle.watts().toList()).toList(),
          meters);
    }
  }

  static void sizes(String field, int size, int wanted, String each) {
    if (size != wanted) {
      throw new FieldException(
          field, "has %d values; there must be one per %s (%d)".formatted(size, each, wanted));
    }
  }

  /**
   * An idle state.
   *
   * @param name as its source writes it
   * @param entrySeconds what entering it takes
   * @param wakeSeconds what leaving it takes
   * @param minimumResidencySeconds a gap shorter than this does not enter it
   * @param watts of the device in it, one per setting; null where no meter tells it
   */
  record Idle(
      String name,
      double entrySeconds,
      double wakeSeconds,
      double minimumResidencySeconds,
      Readings watts) {
    Idle {
      Check.notNegative("entrySeconds", entrySeconds);
      Check.notNegative("wakeSeconds", wakeSeconds);
      Check.notNegative("minimumResidencySeconds", minimumResidencySeconds);
    }
  }
}
