package io.neurobalancer.governor;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A board that does what it is asked, writes every change down, and has counters that tests set.
 *
 * <p>By default each clock follows a request at once, every counter counts, one rail is measured
 * and no sensor tells the temperature. A counter set to NaN is one that the board does not have.
 */
public final class FakeBoard implements DrivenBoard {

  /** Every change that was asked for, such as {@code 12000 us cpu 1000MHz}. */
  public final List<String> log = new ArrayList<>();

  /** The time, nanoseconds. */
  public long now;

  /** The energy of the only rail, joules. */
  public double joules;

  /** The temperature, degrees Celsius. */
  public double celsius = Double.NaN;

  /** What a domain runs at where a test says so, {@link #UNKNOWN} included. */
  private final Map<Integer, Integer> actual = new HashMap<>();

  private final Map<Integer, Boolean> refused = new HashMap<>();

  private final Map<Counter, Double> counters = new EnumMap<>(Counter.class);
  private final SettingGrid grid;
  private final int[] requested;
  private final int[] committed;

  /** Creates a board with these domains, all at their slowest OPP. */
  public FakeBoard(FrequencyDomain... domains) {
    grid = new SettingGrid(List.of(domains));
    requested = new int[domains.length];
    committed = new int[domains.length];
    for (Counter counter : Counter.values()) {
      counters.put(counter, 0.0);
    }
  }

  /** Returns a board of a core clock {@code cpu} and a memory clock {@code memory}. */
  public static FakeBoard of(OppTable core, OppTable memory) {
    return new FakeBoard(
        new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, core),
        new FrequencyDomain("memory", FrequencyDomain.Kind.MEMORY, memory));
  }

  /** Returns a table of clocks in megahertz. */
  public static OppTable megahertz(int... values) {
    List<Frequency> frequencies = new ArrayList<>();
    for (int value : values) {
      frequencies.add(Frequency.ofMegahertz(value));
    }
    return OppTable.of(frequencies);
  }

  /** Adds to a counter. */
  public void count(Counter counter, double amount) {
    counters.merge(counter, amount, Double::sum);
  }

  /** Takes a counter away. */
  public void lacks(Counter counter) {
    counters.put(counter, Double.NaN);
  }

  /** Lets a domain run at an OPP whatever is requested, or tell {@link #UNKNOWN}. */
  public void hold(int domain, int opp) {
    actual.put(domain, opp);
  }

  /** Loses every request for a domain from now on, or no longer. */
  public void refuse(int domain, boolean lost) {
    refused.put(domain, lost);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public void request(int domain, int opp) {
    OppTable opps = grid.domains().get(domain).opps();
    Frequency clock = opps.frequency(opp);
    if (requested[domain] != opp && !refused.getOrDefault(domain, false)) {
      requested[domain] = opp;
      log.add(now / 1_000 + " us " + grid.domains().get(domain).name() + " " + clock);
    }
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int actual(int domain) {
    return actual.getOrDefault(domain, requested[domain]);
  }

  @Override
  public int activeCores() {
    return 1;
  }

  @Override
  public double counter(Counter counter) {
    return counters.getOrDefault(counter, Double.NaN);
  }

  @Override
  public List<Rail> rails() {
    return Double.isNaN(joules) ? List.of() : List.of(new Rail("device", "fake", 0));
  }

  @Override
  public double joules(int rail) {
    return joules;
  }

  @Override
  public double celsius() {
    return celsius;
  }

  @Override
  public void sample(long nowNanos) {
    now = nowNanos;
  }

  @Override
  public int commit(long nowNanos) {
    int changed = 0;
    for (int d = 0; d < requested.length; d++) {
      changed += requested[d] == committed[d] ? 0 : 1;
      committed[d] = requested[d];
    }
    return changed;
  }

  @Override
  public String toString() {
    return "FakeBoard at " + now + " ns, " + Arrays.toString(requested);
  }
}
