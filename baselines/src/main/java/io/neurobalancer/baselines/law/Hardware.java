package io.neurobalancer.baselines.law;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a law is told about the hardware that it governs, as a device tree would.
 *
 * <p>A device may have one domain, two or more. One of them is the core clock, one the memory
 * clock, and either may be missing; further domains have no governor here and are held at their
 * fastest OPP.
 *
 * @param name of the device, for sentences
 * @param kind what the core clock clocks: a CPU or a GPU
 * @param grid its settings
 * @param coreDomain index of the core clock's domain in the grid, {@link #NONE} if there is none
 * @param memoryDomain index of the memory clock's domain in the grid, {@link #NONE} if there is
 *     none
 * @param cpus how many cores share the core clock, 1 for a GPU
 * @param bytesPerClock what the DRAM moves in one of its clocks at the peak, NaN where unknown
 * @param stockCore the governors of the core clock that the image runs, of which the first counts;
 *     none where that is unknown
 * @param stockMemory the voters on the memory clock that the image runs
 */
public record Hardware(
    String name,
    GovernorInfo.Hardware kind,
    SettingGrid grid,
    int coreDomain,
    int memoryDomain,
    int cpus,
    double bytesPerClock,
    List<GovernorSpec> stockCore,
    List<GovernorSpec> stockMemory) {

  /** The index of a domain that a device does not have. */
  public static final int NONE = -1;

  public Hardware {
    if (coreDomain != NONE) {
      Objects.checkIndex(coreDomain, grid.dimensions());
    }
    if (memoryDomain != NONE) {
      Objects.checkIndex(memoryDomain, grid.dimensions());
    }
    if (coreDomain == memoryDomain) {
      throw new IllegalArgumentException(
          "Core and memory clock of " + name + " cannot be the same domain (" + coreDomain + ").");
    }
    if (kind == GovernorInfo.Hardware.ANY) {
      throw new IllegalArgumentException("The core clock of " + name + " clocks a CPU or a GPU.");
    }
    if (cpus < 1) {
      throw new IllegalArgumentException("The cores of " + name + " (" + cpus + ") must be >= 1.");
    }
    stockCore = List.copyOf(stockCore);
    stockMemory = List.copyOf(stockMemory);
  }

  /** Returns the index of the first domain of a kind, {@link #NONE} if there is none. */
  public static int first(SettingGrid grid, FrequencyDomain.Kind kind) {
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() == kind) {
        return d;
      }
    }
    return NONE;
  }

  /** Returns whether there is a core clock to govern. */
  public boolean hasCore() {
    return coreDomain != NONE;
  }

  /** Returns whether there is a memory clock to govern. */
  public boolean hasMemory() {
    return memoryDomain != NONE;
  }

  /** Returns the OPPs of the core clock, which there must be. */
  public OppTable core() {
    return opps(coreDomain);
  }

  /** Returns the OPPs of the memory clock, which there must be. */
  public OppTable memory() {
    return opps(memoryDomain);
  }

  /** Returns the core clock of a board of this hardware. */
  public Clock coreClock(Board board) {
    return new Clock(board, coreDomain, core());
  }

  /** Returns the memory clock of a board of this hardware. */
  public Clock memoryClock(Board board) {
    return new Clock(board, memoryDomain, memory());
  }

  /** Returns the setting with these OPPs of both clocks and every further domain at its fastest. */
  public int setting(int coreOpp, int memoryOpp) {
    return grid.with(grid.with(grid.fastest(), coreDomain, coreOpp), memoryDomain, memoryOpp);
  }

  /** Returns the stock governor of the core clock in words. */
  public String stockCoreInWords() {
    return hasCore() && !stockCore.isEmpty() ? stockCore.get(0).name() : "none";
  }

  /** Returns the stock voters on the memory clock in words. */
  public String stockVotersInWords() {
    return hasMemory() && !stockMemory.isEmpty()
        ? stockMemory.stream().map(GovernorSpec::name).collect(Collectors.joining(" + "))
        : "none";
  }

  private OppTable opps(int domain) {
    return grid.domains().get(domain).opps();
  }
}
