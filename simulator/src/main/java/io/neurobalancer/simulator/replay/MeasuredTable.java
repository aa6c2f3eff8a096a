package io.neurobalancer.simulator.replay;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What operators were measured to cost at settings; cells that nobody measured stay empty. */
public final class MeasuredTable {

  private final String name;
  private final SettingGrid grid;
  private final List<String> operatorNames;
  private final double[] latencySeconds;
  private final double[] energyJoules;
  private final double[] idleWatts;

  private MeasuredTable(Builder builder) {
    this.name = builder.name;
    this.grid = builder.grid;
    this.operatorNames = builder.operatorNames;
    this.latencySeconds = builder.latencySeconds.clone();
    this.energyJoules = builder.energyJoules.clone();
    this.idleWatts = builder.idleWatts.clone();
  }

  /** Starts an empty table. */
  public static Builder builder(String name, SettingGrid grid, List<String> operatorNames) {
    return new Builder(name, grid, operatorNames);
  }

  /** Returns what messages call the table. */
  public String name() {
    return name;
  }

  /** Returns the settings. */
  public SettingGrid grid() {
    return grid;
  }

  /** Returns the operators in execution order. */
  public List<String> operatorNames() {
    return operatorNames;
  }

  /** Returns whether every operator was measured at a setting. */
  public boolean measured(int setting) {
    for (int i = 0; i < operatorNames.size(); i++) {
      if (Double.isNaN(latencySeconds[cell(i, setting)])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the settings at which every operator was measured, ascending. */
  public int[] measuredSettings() {
    return IntStream.range(0, grid.size()).filter(this::measured).toArray();
  }

  /** Returns whether an energy goes with every latency. */
  public boolean hasEnergy() {
    for (int c = 0; c < latencySeconds.length; c++) {
      if (!Double.isNaN(latencySeconds[c]) && Double.isNaN(energyJoules[c])) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether any energy was measured. */
  public boolean hasAnyEnergy() {
    return java.util.Arrays.stream(energyJoules).anyMatch(joules -> !Double.isNaN(joules));
  }

  /** Returns the measured power between jobs at a setting, watts, NaN where nobody measured it. */
  public double idleWatts(int setting) {
    return idleWatts[Objects.checkIndex(setting, grid.size())];
  }

  /** Returns the latency of a cell, seconds, NaN where nobody measured it. */
  double latencyOrNaN(int operator, int setting) {
    return latencySeconds[cell(operator, setting)];
  }

  /** Returns the energy of a cell, joules, NaN where nobody measured it. */
  double energyOrNaN(int operator, int setting) {
    return energyJoules[cell(operator, setting)];
  }

  /**
   * Returns the measured latency of an operator at a setting, seconds.
   *
   * @throws NeuroBalancerException if it was not measured
   */
  public double latencySeconds(int operator, int setting) {
    return known(latencySeconds, "latency", operator, setting);
  }

  /**
   * Returns the measured energy of the device while an operator ran at a setting, joules.
   *
   * @throws NeuroBalancerException if it was not measured
   */
  public double energyJoules(int operator, int setting) {
    return known(energyJoules, "energy", operator, setting);
  }

  private double known(double[] values, String what, int operator, int setting) {
    double value = values[cell(operator, setting)];
    if (Double.isNaN(value)) {
      throw NeuroBalancerException.invalid(
          "%s has no %s of '%s' at %s.%nMaybe measure it there, or leave that clock out of the table."
              .formatted(name, what, operatorNames.get(operator), grid.describe(setting)));
    }
    return value;
  }

  private int cell(int operator, int setting) {
    return Objects.checkIndex(operator, operatorNames.size()) * grid.size()
        + Objects.checkIndex(setting, grid.size());
  }

  /** Collects cells. */
  public static final class Builder {
    private final String name;
    private final SettingGrid grid;
    private final List<String> operatorNames;
    private final double[] latencySeconds;
    private final double[] energyJoules;
    private final double[] idleWatts;

    private Builder(String name, SettingGrid grid, List<String> operatorNames) {
      this.name = name;
      this.grid = grid;
      this.operatorNames = List.copyOf(operatorNames);
      latencySeconds = new double[this.operatorNames.size() * grid.size()];
      energyJoules = new double[latencySeconds.length];
      Arrays.fill(latencySeconds, Double.NaN);
      Arrays.fill(energyJoules, Double.NaN);
      idleWatts = new double[grid.size()];
      Arrays.fill(idleWatts, Double.NaN);
    }

    /** Sets a latency. */
    public Builder latency(int operator, int setting, double seconds) {
      latencySeconds[operator * grid.size() + setting] = seconds;
      return this;
    }

    /** Sets an energy. */
    public Builder energy(int operator, int setting, double joules) {
      energyJoules[operator * grid.size() + setting] = joules;
      return this;
    }

    /** Sets the power between jobs. */
    public Builder idle(int setting, double watts) {
      idleWatts[setting] = watts;
      return this;
    }

    /** Returns whether the power between jobs is known already. */
    boolean hasIdle(int setting) {
      return !Double.isNaN(idleWatts[setting]);
    }

    /** Returns whether a cell has a latency already. */
    boolean has(int operator, int setting) {
      return !Double.isNaN(latencySeconds[operator * grid.size() + setting]);
    }

    /** Returns the table. */
    public MeasuredTable build() {
      return new MeasuredTable(this);
    }
  }
}
