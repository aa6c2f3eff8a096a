package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.GovernorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is known about one device as one runtime sees it: the clocks that it can be given, its
 * power, its memory, and what its image runs by default.
 *
 * @param name as after {@code sim:}, such as {@code pixel-4-cpu}
 * @param title for people
 * @param hash SHA-256 of the profile file, lower-case hexadecimal
 * @param kind what computes
 * @param sources what source identifiers stand for
 * @param cores the computing cores; a GPU counts as one core
 * @param gpu what only a GPU has, empty for a CPU
 * @param lastLevelCacheBytes what the caches shared by the cores hold together, bytes
 * @param coreDomain the clock of the cores
 * @param busyWatts per OPP of the core domain, the power of one busy core, watts
 * @param clusterWatts per OPP of the core domain, what the cores share while any is active, watts
 * @param published per OPP of the core domain, figures to compare the simulation with
 * @param memoryDomain the clock of the DRAM
 * @param memoryBackgroundWatts per OPP of the memory domain, the power of the DRAM and what is
 *     clocked with it while a job runs, without that of traffic, watts
 * @param memory bandwidth and latency of the DRAM
 * @param power everything that burns besides
 * @param idleStates the idle states between jobs, shallowest first, at least one
 * @param coreTransition a switch of the core clock
 * @param memoryTransition a switch of the memory clock
 * @param thermal the path of heat from die to air
 * @param stockCore the governors of the core domain that the image runs
 * @param stockMemory the voters on the memory clock that the image runs
 * @param fit where parameters were fitted to measurements, how well, or empty
 * @param provenance per section, where its figures come from
 * @param cautions what a reader of results should know
 */
public record DeviceDescription(
    String name,
    String title,
    String hash,
    Kind kind,
    Map<String, String> sources,
    Cores cores,
    Optional<Gpu> gpu,
    long lastLevelCacheBytes,
    FrequencyDomain coreDomain,
    List<Double> busyWatts,
    List<Double> clusterWatts,
    List<Published> published,
    FrequencyDomain memoryDomain,
    List<Double> memoryBackgroundWatts,
    Memory memory,
    Power power,
    List<IdleState> idleStates,
    Transition coreTransition,
    Transition memoryTransition,
    Thermal thermal,
    List<GovernorSpec> stockCore,
    List<GovernorSpec> stockMemory,
    Optional<Fit> fit,
    Map<String, String> provenance,
    List<String> cautions) {

  /** What computes. */
  public enum Kind {
    /** The cores of one CPU cluster. */
    CPU,
    /** A GPU, fed by a CPU whose clock is no domain here. */
    GPU
  }

  /** Index of the core domain in {@link #grid()}. */
  public static final int CORE = 0;

  /** Index of the memory domain in {@link #grid()}. */
  public static final int MEMORY = 1;

  public DeviceDescription {
    sources = Map.copyOf(sources);
    busyWatts = List.copyOf(busyWatts);
    clusterWatts = List.copyOf(clusterWatts);
    published = List.copyOf(published);
    memoryBackgroundWatts = List.copyOf(memoryBackgroundWatts);
    idleStates = List.copyOf(idleStates);
    stockCore = List.copyOf(stockCore);
    stockMemory = List.copyOf(stockMemory);
    cautions = List.copyOf(cautions);
  }

  /** Returns the deepest idle state, that of a long gap between jobs. */
  public IdleState idle() {
    return idleStates.get(idleStates.size() - 1);
  }

  /**
   * Returns the idle state of a gap whose length is known, as a timer's is: the deepest whose
   * minimum residency fits; the shallowest state always does.
   */
  public IdleState idleState(double gapSeconds) {
    int chosen = 0;
    for (int s = 1; s < idleStates.size(); s++) {
      if (gapSeconds >= idleStates.get(s).minimumResidencySeconds()) {
        chosen = s;
      }
    }
    return idleStates.get(chosen);
  }

  /**
   * Returns this device with a DRAM whose background and energy per byte are those of the profile
   * times a factor, to see how much a result depends on them.
   *
   * @throws IllegalArgumentException if the factor is not positive
   */
  public DeviceDescription withDramPowerFactor(double factor) {
    if (!(factor > 0) || factor > 1e6) {
      throw new IllegalArgumentException(
          "The DRAM power factor (%s) must be positive and at most a million.%nMaybe use 0.5 or 2."
              .formatted(factor));
    }
    if (factor == 1) {
      return this;
    }
    List<String> more = new ArrayList<>(cautions);
    more.add(0, "The power of the DRAM is the profile's times %s.".formatted(factor));
    return copy(
        cores,
        gpu,
        memory,
        memoryBackgroundWatts.stream().map(watts -> watts * factor).toList(),
        power.withDramJoulesPerByte(power.dramJoulesPerByte() * factor),
        more);
  }

  /** Returns this device with other parameters of what computes and what moves data, for a fit. */
  public DeviceDescription withHardware(
      Cores otherCores, Optional<Gpu> otherGpu, Memory otherMemory) {
    return copy(otherCores, otherGpu, otherMemory, memoryBackgroundWatts, power, cautions);
  }

  private DeviceDescription copy(
      Cores newCores,
      Optional<Gpu> newGpu,
      Memory newMemory,
      List<Double> newMemoryBackgroundWatts,
      Power newPower,
      List<String> newCautions) {
    return new DeviceDescription(
        name,
        title,
        hash,
        kind,
        sources,
        newCores,
        newGpu,
        lastLevelCacheBytes,
        coreDomain,
        busyWatts,
        clusterWatts,
        published,
        memoryDomain,
        newMemoryBackgroundWatts,
        newMemory,
        newPower,
        idleStates,
        coreTransition,
        memoryTransition,
        thermal,
        stockCore,
        stockMemory,
        fit,
        provenance,
        newCautions);
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
   * @param winogradFactor by how much fewer operations the runtime's library needs for a dense
   *     convolution of three by three with stride 1; 1 for one that does not transform
   */
  public record Cores(
      String type,
      int count,
      int defaultThreads,
      double float32FlopsPerCycle,
      double float16FlopsPerCycle,
      double int8OpsPerCycle,
      double vectorBytesPerCycle,
      double winogradFactor) {}

  /**
   * What only a GPU has.
   *
   * @param shaderCores that work is spread over
   * @param residentWorkgroups that one shader core holds at a time
   * @param launchSeconds of the host CPU to submit a kernel; it overlaps with the kernel before
   * @param gapCycles of the GPU between two kernels, with nothing to overlap
   */
  public record Gpu(
      int shaderCores, int residentWorkgroups, double launchSeconds, double gapCycles) {}

  /**
   * Figures of an OPP that no simulation uses, to compare it with.
   *
   * @param coremarkIterationsPerSecond of one core
   * @param checkWatts of one busy core, by another source than the one that is simulated
   */
  public record Published(OptionalDouble coremarkIterationsPerSecond, OptionalDouble checkWatts) {}

  /**
   * A fit of parameters to measurements.
   *
   * @param data what was measured, and by whom
   * @param parameters what was fitted
   * @param latencyError mean absolute relative error over the measured points
   * @param powerError mean absolute relative error over the measured points
   */
  public record Fit(
      String data, String parameters, OptionalDouble latencyError, OptionalDouble powerError) {}

  /**
   * Bandwidth and latency of the DRAM.
   *
   * @param bytesPerClock at the peak
   * @param efficiency share of the peak that streams reach
   * @param outstandingMisses line fills that one core keeps in flight
   * @param latencyCoreCycles part of a miss's latency that follows the core clock
   * @param latencyNanos part that no clock changes, nanoseconds
   * @param latencyMemoryCycles part that follows the memory clock
   * @param workspaceFactor how many times what a convolution reads and writes passes the DRAM; 1
   *     for kernels that work in place, more for a library that transforms into a workspace
   */
  public record Memory(
      double bytesPerClock,
      double efficiency,
      double outstandingMisses,
      double latencyCoreCycles,
      double latencyNanos,
      double latencyMemoryCycles,
      double workspaceFactor) {}

  /**
   * Power besides that of a busy core.
   *
   * @param socActiveWatts of the rest of the SoC while a job runs
   * @param socIdleWatts of the SoC between jobs
   * @param stalledShare what a core waiting for memory burns, as a share of a busy one
   * @param leakageShare what part of the busy power leaks at 40 degrees Celsius
   * @param leakagePerKelvin how much leakage grows per kelvin, as a share
   * @param dramJoulesPerByte of traffic
   * @param dramIdleShare what part of the DRAM's background is left between jobs
   */
  public record Power(
      double socActiveWatts,
      double socIdleWatts,
      double stalledShare,
      double leakageShare,
      double leakagePerKelvin,
      double dramJoulesPerByte,
      double dramIdleShare) {

    private Power withDramJoulesPerByte(double joules) {
      return new Power(
          socActiveWatts,
          socIdleWatts,
          stalledShare,
          leakageShare,
          leakagePerKelvin,
          joules,
          dramIdleShare);
    }
  }

  /**
   * A state that the cores can rest in between jobs.
   *
   * @param name as the source writes it
   * @param entrySeconds what entering it takes
   * @param wakeSeconds what leaving it takes
   * @param minimumResidencySeconds a gap shorter than this does not enter it
   * @param leakageKept what share of the cores' leakage it keeps; 0 where they are powered down
   */
  public record IdleState(
      String name,
      double entrySeconds,
      double wakeSeconds,
      double minimumResidencySeconds,
      double leakageKept) {}

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
