package io.neurobalancer.profiles;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import java.util.Map;

/**
 * What is known about one device as one runtime sees it: the clocks that it can be given, its
 * power, its memory, and what its image runs by default.
 *
 * @param name as after {@code sim:}, such as {@code pixel-4-cpu}
 * @param title for people
 * @param hash SHA-256 of the profile file, lower-case hexadecimal
 * @param sources what source identifiers stand for
 * @param cores the computing cores
 * @param lastLevelCacheBytes what the caches shared by the cores hold together, bytes
 * @param coreDomain the clock of the cores
 * @param busyWatts per OPP of the core domain, the power of one busy core, watts
 * @param memoryDomain the clock of the DRAM
 * @param memory bandwidth and latency of the DRAM
 * @param power everything that burns besides a busy core
 * @param idle the idle state between jobs
 * @param coreTransition a switch of the core clock
 * @param memoryTransition a switch of the memory clock
 * @param thermal the path of heat from die to air
 * @param stockCore the governors of the core domain that the image runs
 * @param stockMemory the voters on the memory clock that the image runs
 * @param provenance per section, where its figures come from
 * @param cautions what a reader of results should know
 */
public record DeviceProfile(
    String name,
    String title,
    String hash,
    Map<String, String> sources,
    Cores cores,
    long lastLevelCacheBytes,
    FrequencyDomain coreDomain,
    List<Double> busyWatts,
    FrequencyDomain memoryDomain,
    Memory memory,
    Power power,
    Idle idle,
    Transition coreTransition,
    Transition memoryTransition,
    Thermal thermal,
    List<GovernorSpec> stockCore,
    List<GovernorSpec> stockMemory,
    Map<String, String> provenance,
    List<String> cautions) {

  /** Index of the core domain in {@link #grid()}. */
  public static final int CORE = 0;

  /** Index of the memory domain in {@link #grid()}. */
  public static final int MEMORY = 1;

  public DeviceProfile {
    sources = Map.copyOf(sources);
    busyWatts = List.copyOf(busyWatts);
    stockCore = List.copyOf(stockCore);
    stockMemory = List.copyOf(stockMemory);
    cautions = List.copyOf(cautions);
  }

  /** Returns the settings: core clock by memory clock. */
  public SettingGrid grid() {
    return new SettingGrid(List.of(coreDomain, memoryDomain));
  }

  /**
   * The computing cores of one cluster.
   *
   * @param type what they are
   * @param count how many share the clock
   * @param defaultThreads how many an inference uses unless told otherwise
   * @param float32FlopsPerCycle of one core, a multiply-add counted as two
   * @param float16FlopsPerCycle of one core
   * @param int8OpsPerCycle of one core
   * @param vectorBytesPerCycle that one core can load from its first-level cache
   */
  public record Cores(
      String type,
      int count,
      int defaultThreads,
      double float32FlopsPerCycle,
      double float16FlopsPerCycle,
      double int8OpsPerCycle,
      double vectorBytesPerCycle) {}

  /**
   * Bandwidth and latency of the DRAM.
   *
   * @param bytesPerClock at the peak
   * @param efficiency share of the peak that streams reach
   * @param outstandingMisses line fills that one core keeps in flight
   * @param latencyCoreCycles part of a miss's latency that follows the core clock
   * @param latencyNanos part that no clock changes, nanoseconds
   * @param latencyMemoryCycles part that follows the memory clock
   */
  public record Memory(
      double bytesPerClock,
      double efficiency,
      double outstandingMisses,
      double latencyCoreCycles,
      double latencyNanos,
      double latencyMemoryCycles) {}

  /**
   * Power besides that of a busy core.
   *
   * @param clusterWatts of the cluster while any of its cores is active
   * @param socActiveWatts of the rest of the SoC while a job runs
   * @param socIdleWatts of the SoC between jobs
   * @param stalledShare what a core waiting for memory burns, as a share of a busy one
   * @param leakageShare what part of the busy power leaks at 40 degrees Celsius
   * @param leakagePerKelvin how much leakage grows per kelvin, as a share
   * @param dramBackgroundWattsPerGigahertz of the DRAM, per memory clock, while a job runs
   * @param dramJoulesPerByte of traffic
   * @param dramIdleShare what part of the DRAM's background is left between jobs
   */
  public record Power(
      double clusterWatts,
      double socActiveWatts,
      double socIdleWatts,
      double stalledShare,
      double leakageShare,
      double leakagePerKelvin,
      double dramBackgroundWattsPerGigahertz,
      double dramJoulesPerByte,
      double dramIdleShare) {}

  /**
   * The idle state that cores enter between jobs.
   *
   * @param wakeSeconds what leaving it takes
   * @param minimumResidencySeconds a gap shorter than this does not enter it
   */
  public record Idle(double wakeSeconds, double minimumResidencySeconds) {}

  /**
   * A switch of one clock.
   *
   * @param stallSeconds for which the cores stand still
   * @param settleSeconds from one switch of this clock to the next, at least
   * @param joules energy above that of standing still
   */
  public record Transition(double stallSeconds, double settleSeconds, double joules) {}

  /**
   * The path of heat from die to air.
   *
   * @param ambientCelsius around the device
   * @param kelvinPerWatt of dissipated power
   * @param timeConstantSeconds of the first-order response
   * @param capCelsius above which the fastest clocks are taken away
   */
  public record Thermal(
      double ambientCelsius, double kelvinPerWatt, double timeConstantSeconds, double capCelsius) {}
}
