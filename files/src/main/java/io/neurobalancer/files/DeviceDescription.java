package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known about one device as one runtime sees it: the clocks that it can be given, its
 * power, its memory, and what its image runs by default.
 *
 * <p>Which of its clocks can be set differs: that of the cores always, that of the memory mostly,
 * that of the CPU that feeds a GPU where it is described. {@link #grid()} has one domain for each
 * of these, in the order of {@link #roles()}.
 *
 * @param name as after {@code sim:}, such as {@code pixel-4-cpu}
 * @param title for people
 * @param hash SHA-256 of the file, lower-case hexadecimal
 * @param kind what computes
 * @param cores the computing cores; a GPU counts as one core
 * @param gpu what only a GPU has, empty for a CPU
 * @param lastLevelCacheBytes what the caches shared by the cores hold together, bytes
 * @param core the clock of the cores
 * @param dram the clock of the memory, and the memory
 * @param host the clock of the CPU that feeds a GPU, where it can be set
 * @param power everything that burns besides
 * @param rests the idle states between jobs, shallowest first, at least one
 * @param thermal the path of heat from die to air
 * @param stock what the image runs
 * @param evidence where all of this comes from
 */
public record DeviceDescription(
    String name,
    String title,
    String hash,
    Kind kind,
    Cores cores,
    Optional<Gpu> gpu,
    long lastLevelCacheBytes,
    CoreClock core,
    MemoryClock dram,
    Optional<HostClock> host,
    Power power,
    List<Rest> rests,
    Thermal thermal,
    Stock stock,
    Evidence evidence) {

  /** What computes. */
  public enum Kind {
    /** The cores of one CPU cluster. */
    CPU,
    /** A GPU, fed by a CPU. */
    GPU
  }

  /** What a clock is for. */
  public enum Role {
    /** The computing cores. */
    CORE,
    /** The DRAM. */
    MEMORY,
    /** The CPU that submits kernels to a GPU. */
    HOST
  }

  public DeviceDescription {
    rests = List.copyOf(rests);
  }

  /** Returns what each domain of {@link #grid()} clocks, in its order; the cores come first. */
  public List<Role> roles() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.CORE);
    if (dram.controllable()) {
      roles.add(Role.MEMORY);
    }
    if (host.isPresent()) {
      roles.add(Role.HOST);
    }
    return List.copyOf(roles);
  }

  /** Returns the domains that can be set, in the order of {@link #roles()}. */
  public List<FrequencyDomain> domains() {
    List<FrequencyDomain> domains = new ArrayList<>();
    for (Role role : roles()) {
      domains.add(
          switch (role) {
            case CORE -> core.domain();
            case MEMORY -> dram.domain();
            case HOST -> host.orElseThrow().domain();
          });
    }
    return List.copyOf(domains);
  }

  /** Returns the settings: one OPP for each domain that can be set. */
  public SettingGrid grid() {
    return new SettingGrid(domains());
  }

  /** Returns the index of a clock's domain in {@link #grid()}, or empty if it cannot be set. */
  public OptionalInt domain(Role role) {
    int index = roles().indexOf(role);
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Returns the OPP that a setting gives to a clock; 0 for one that cannot be set. */
  public int opp(Role role, int setting) {
    OptionalInt domain = domain(role);
    return domain.isPresent() ? grid().oppIndex(setting, domain.getAsInt()) : 0;
  }

  /** Returns the OPP of the cores at a setting. */
  public int oppOfCore(int setting) {
    return opp(Role.CORE, setting);
  }

  /** Returns the OPP of the memory at a setting; 0 where its clock cannot be set. */
  public int oppOfMemory(int setting) {
    return opp(Role.MEMORY, setting);
  }

  /** Returns the OPP of the host at a setting; 0 where there is none to set. */
  public int oppOfHost(int setting) {
    return opp(Role.HOST, setting);
  }

  /** Returns what a switch of a domain of {@link #grid()} does. */
  public Transition transition(int domain) {
    return switch (roles().get(domain)) {
      case CORE -> core.transition();
      case MEMORY -> dram.transition();
      case HOST -> host.orElseThrow().transition();
    };
  }

  /** Returns the idle states between jobs, shallowest first. */
  public List<IdleState> idleStates() {
    return rests.stream().map(Rest::state).toList();
  }

  /** Returns the deepest idle state, that of a long gap between jobs. */
  public IdleState idle() {
    return rests.get(rests.size() - 1).state();
  }

  /**
   * Returns the idle state of a gap whose length is known, as a timer's is: the deepest whose
   * minimum residency fits; the shallowest state always does.
   */
  public IdleState idleState(double gapSeconds) {
    int chosen = 0;
    for (int s = 1; s < rests.size(); s++) {
      if (gapSeconds >= rests.get(s).state().minimumResidencySeconds()) {
        chosen = s;
      }
    }
    return rests.get(chosen).state();
  }

  /** Returns the clock of the cores. */
  public FrequencyDomain coreDomain() {
    return core.domain();
  }

  /** Returns the power of one busy core per OPP, watts. */
  public List<Double> busyWatts() {
    return core.busyWatts();
  }

  /** Returns what the cores share while any is active per OPP, watts. */
  public List<Double> clusterWatts() {
    return core.clusterWatts();
  }

  /** Returns the clock of the DRAM, whether it can be set or not. */
  public FrequencyDomain memoryDomain() {
    return dram.domain();
  }

  /** Returns the power of the DRAM without traffic while a job runs, per OPP, watts. */
  public List<Double> memoryBackgroundWatts() {
    return dram.backgroundWatts();
  }

  /** Returns bandwidth and latency of the DRAM. */
  public Memory memory() {
    return dram.access();
  }

  /** Returns the governors of the core domain that the image runs. */
  public List<GovernorSpec> stockCore() {
    return stock.core();
  }

  /** Returns the voters on the memory clock that the image runs; none where it cannot be set. */
  public List<GovernorSpec> stockMemory() {
    return stock.memory();
  }

  /** Returns, where parameters were fitted to measurements, how well. */
  public Optional<Evidence.Fit> fit() {
    return evidence.fit();
  }

  /** Returns what source identifiers stand for. */
  public Map<String, String> sources() {
    return evidence.sources();
  }

  /** Returns per section where its figures come from. */
  public Map<String, String> provenance() {
    return evidence.provenance();
  }

  /** Returns what a reader of results should know. */
  public List<String> cautions() {
    return evidence.cautions();
  }

  /**
   * Returns this device with a DRAM whose background and energy per byte are those of the
   * description times a factor, to see how much a result depends on them.
   *
   * @throws IllegalArgumentException if the factor is not positive or above a million
   */
  public DeviceDescription withDramPowerFactor(double factor) {
    requireFactor("DRAM power", factor, "0.5 or 2");
    if (factor == 1) {
      return this;
    }
    return withDram(
            dram.withBackgroundWatts(
                dram.backgroundWatts().stream().map(watts -> watts * factor).toList()))
        .withPower(power.withDramJoulesPerByte(power.dramJoulesPerByte() * factor))
        .withCaution("The power of the DRAM is the profile's times %s.".formatted(factor));
  }

  /**
   * Returns this device with a DRAM whose background falls with its clock in another way from that
   * of its fastest OPP, to see how much a result depends on it.
   */
  public DeviceDescription withDramShape(DramShape shape) {
    return withDram(dram.shaped(shape))
        .withCaution(
            "The background of the DRAM falls with its clock as the shape '%s' says."
                .formatted(shape.name().toLowerCase(Locale.ROOT)));
  }

  /**
   * Returns this device with switches that cost so many times the time and energy: no source gives
   * them for phones, so every description assumes them.
   *
   * @throws NeuroBalancerException if the factor is not positive or above a million
   */
  public DeviceDescription withTransitionFactor(double factor) {
    requireFactor("transition", factor, "0.1 or 10");
    if (factor == 1) {
      return this;
    }
    return copy(
            cores,
            gpu,
            core.withTransition(core.transition().times(factor)),
            dram.withTransition(dram.transition().times(factor)),
            host.map(clock -> clock.withTransition(clock.transition().times(factor))),
            power,
            evidence)
        .withCaution("Switches cost the profile's times %s.".formatted(factor));
  }

  /** Returns this device with a memory clock that never falls below one of its OPPs. */
  public DeviceDescription withMemoryFloor(Frequency least) {
    return withDram(dram.from(least))
        .withCaution("The memory clock does not fall below %s.".formatted(least));
  }

  /**
   * Returns this device with a display that scans out, which holds the memory clock up.
   *
   * @throws NeuroBalancerException if it is not known to which clock
   */
  public DeviceDescription withDisplayOn() {
    return withMemoryFloor(
        dram.displayFloor()
            .orElseThrow(
                () ->
                    NeuroBalancerException.invalid(
                        "The description of %s does not say to which clock a display holds the memory up.%nMaybe give memoryDomain.displayFloorKilohertz in a description of your own, or leave the display off."
                            .formatted(name))));
  }

  /** Returns this device with other parameters of what computes and what moves data, for a fit. */
  public DeviceDescription withHardware(
      Cores otherCores, Optional<Gpu> otherGpu, Memory otherMemory) {
    return copy(otherCores, otherGpu, core, dram.withAccess(otherMemory), host, power, evidence);
  }

  private static void requireFactor(String name, double factor, String examples) {
    if (!(factor > 0) || factor > 1e6) {
      throw NeuroBalancerException.invalid(
          "The %s factor (%s) must be positive and at most a million.%nMaybe use %s."
              .formatted(name, factor, examples));
    }
  }

  private DeviceDescription withDram(MemoryClock other) {
    return copy(cores, gpu, core, other, host, power, evidence);
  }

  private DeviceDescription withPower(Power other) {
    return copy(cores, gpu, core, dram, host, other, evidence);
  }

  private DeviceDescription withCaution(String caution) {
    return copy(cores, gpu, core, dram, host, power, evidence.withCaution(caution));
  }

  private DeviceDescription copy(
      Cores newCores,
      Optional<Gpu> newGpu,
      CoreClock newCore,
      MemoryClock newDram,
      Optional<HostClock> newHost,
      Power newPower,
      Evidence newEvidence) {
    return new DeviceDescription(
        name,
        title,
        hash,
        kind,
        newCores,
        newGpu,
        lastLevelCacheBytes,
        newCore,
        newDram,
        newHost,
        newPower,
        rests,
        thermal,
        stock,
        newEvidence);
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
   * @param launchSeconds of the host CPU to submit a kernel, at its fastest clock where that can be
   *     set; it overlaps with the kernel before
   * @param gapCycles of the GPU between two kernels, with nothing to overlap
   */
  public record Gpu(
      int shaderCores, int residentWorkgroups, double launchSeconds, double gapCycles) {}

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
   * @param state how it is entered and left
   * @param leakageKept what share of the cores' leakage it keeps; 0 where they are powered down
   */
  public record Rest(IdleState state, double leakageKept) {}

  /**
   * A switch of one clock.
   *
   * @param stallSeconds for which the cores stand still
   * @param settleSeconds from one switch of this clock to the next, at least
   * @param joules energy above that of standing still
   */
  public record Transition(double stallSeconds, double settleSeconds, double joules) {

    /** Of a clock that cannot be set. */
    public static final Transition NONE = new Transition(0, 0, 0);

    Transition times(double factor) {
      return new Transition(stallSeconds * factor, settleSeconds * factor, joules * factor);
    }
  }

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

  /**
   * What the device's image runs.
   *
   * @param core the governors of the core clock
   * @param memory the voters on the memory clock, of which the highest wins; none where it cannot
   *     be set
   * @param host the governors of the host's clock; none where it cannot be set
   * @param note what it runs besides
   */
  public record Stock(
      List<GovernorSpec> core, List<GovernorSpec> memory, List<GovernorSpec> host, String note) {
    public Stock {
      core = List.copyOf(core);
      memory = List.copyOf(memory);
      host = List.copyOf(host);
    }
  }
}
