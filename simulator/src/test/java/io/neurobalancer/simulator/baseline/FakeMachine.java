package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Actuator;
import io.neurobalancer.governor.EnergyMeter;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A machine that does what it is asked, writes every change down, and has counters that tests set.
 */
final class FakeMachine implements Machine, Actuator, LoadMeter, EnergyMeter {

  final List<String> log = new ArrayList<>();
  long now;
  long busyNanos;
  double dramBytes;
  double instructions;
  double cycles;
  double stalledCycles;
  double misses;
  double celsius = Double.NaN;

  /** The OPP at which the core runs where a test caps it; -1 follows what was requested. */
  int running = -1;

  private final int[] requested;
  private final SettingGrid grid;

  FakeMachine(OppTable core, OppTable memory) {
    grid =
        new SettingGrid(
            List.of(
                new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, core),
                new FrequencyDomain("memory", FrequencyDomain.Kind.MEMORY, memory)));
    requested = new int[2];
  }

  static OppTable megahertz(int... values) {
    List<Frequency> frequencies = new ArrayList<>();
    for (int value : values) {
      frequencies.add(Frequency.ofMegahertz(value));
    }
    return OppTable.of(frequencies);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public Actuator actuator() {
    return this;
  }

  @Override
  public LoadMeter loadMeter() {
    return this;
  }

  @Override
  public EnergyMeter energyMeter() {
    return this;
  }

  @Override
  public OptionalDouble dieCelsius() {
    return Double.isNaN(celsius) ? OptionalDouble.empty() : OptionalDouble.of(celsius);
  }

  @Override
  public void request(int domain, int oppIndex) {
    if (requested[domain] != oppIndex) {
      requested[domain] = oppIndex;
      log.add(
          now / 1_000
              + " us "
              + grid.domains().get(domain).name()
              + " "
              + grid.domains().get(domain).opps().frequency(oppIndex));
    }
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int current(int domain) {
    return domain == 0 && running >= 0 ? running : requested[domain];
  }

  @Override
  public int activeCores() {
    return 1;
  }

  @Override
  public long busyNanos() {
    return busyNanos;
  }

  @Override
  public double instructions() {
    return instructions;
  }

  @Override
  public double cycles() {
    return cycles;
  }

  @Override
  public double stalledCycles() {
    return stalledCycles;
  }

  @Override
  public double cacheMisses() {
    return misses;
  }

  @Override
  public double dramBytes() {
    return dramBytes;
  }

  @Override
  public double energyJoules() {
    return 0;
  }

  @Override
  public String source() {
    return "fake";
  }
}
