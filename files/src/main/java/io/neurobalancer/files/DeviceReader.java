package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.Opp;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a description of what a file holds: converts units, fills in what may be left out, and
 * checks what concerns several sections, such as that every figure has a source.
 */
final class DeviceReader {

  private final DeviceFile file;
  private final Map<String, String> provenance = new TreeMap<>();

  DeviceReader(DeviceFile file) {
    this.file = file;
  }

  DeviceDescription describe(String hash) {
    sources();
    Optional<HostClock> host = file.hostDomain().map(this::host);
    DeviceDescription description =
        new DeviceDescription(
            file.name(),
            file.title(),
            hash,
            file.type(),
            cores(),
            file.gpu().map(DeviceReader::gpu),
            file.caches().lastLevelBytes(),
            core(),
            memory(),
            host,
            power(),
            idle(),
            new DeviceDescription.Thermal(
                file.thermal().ambientCelsius(),
                file.thermal().kelvinPerWatt(),
                file.thermal().timeConstantSeconds(),
                file.thermal().capCelsius()),
            stock(),
            new Evidence(
                file.sources(),
                provenance,
                file.fit()
                    .map(
                        fit ->
                            new Evidence.Fit(
                                fit.data(),
                                fit.parameters(),
                                fit.latencyErrorMean(),
                                fit.powerErrorMean())),
                file.cautions().orElse(List.of())));
    namesDiffer(description);
    return description;
  }

  /** Domains and the memory clock have names of their own, whether they can be set or not. */
  private static void namesDiffer(DeviceDescription description) {
    Set<String> names = new HashSet<>();
    names.add(description.coreDomain().name());
    if (!names.add(description.memoryDomain().name())) {
      throw new FieldException(
          "memoryDomain.name",
          "('%s') is the name of the core domain too".formatted(description.memoryDomain().name()));
    }
    description
        .host()
        .ifPresent(
            host -> {
              if (!names.add(host.domain().name())) {
                throw new FieldException(
                    "hostDomain.name",
                    "('%s') is the name of another domain too".formatted(host.domain().name()));
              }
            });
  }

  private void sources() {
    DeviceFile.CoreDomain core = file.coreDomain();
    DeviceFile.MemoryDomain memory = file.memoryDomain();
    DeviceFile.Power power = file.power();
    provenance.put("stock", file.stock().note());
    source("transitions", file.transitions().source());
    source("cores", file.cores().source());
    file.gpu().ifPresent(gpu -> source("gpu", gpu.source()));
    source("caches", file.caches().source());
    source("coreDomain.frequencySource", core.frequencySource());
    source("coreDomain.busyWattsSource", core.busyWattsSource());
    source(
        "coreDomain.microvoltsSource",
        core.microvoltsSource(),
        core.opps().stream().anyMatch(opp -> opp.microvolts().isPresent()));
    source(
        "coreDomain.clusterWattsSource",
        core.clusterWattsSource(),
        core.opps().stream().anyMatch(opp -> opp.clusterWatts().isPresent()));
    source(
        "coreDomain.coremarkSource",
        core.coremarkSource(),
        core.opps().stream().anyMatch(opp -> opp.coremarkIterationsPerSecond().isPresent()));
    source(
        "coreDomain.checkWattsSource",
        core.checkWattsSource(),
        core.opps().stream().anyMatch(opp -> opp.checkWatts().isPresent()));
    source("memoryDomain.frequencySource", memory.frequencySource());
    source(
        "memoryDomain.microvoltsSource",
        memory.microvoltsSource(),
        memory.opps().stream().anyMatch(opp -> opp.microvolts().isPresent()));
    source("memoryDomain.bytesPerClockSource", memory.bytesPerClockSource());
    source("memoryDomain.accessSource", memory.accessSource());
    source(
        "memoryDomain.displayFloorSource",
        memory.displayFloorSource(),
        memory.displayFloorKilohertz().isPresent());
    file.hostDomain()
        .ifPresent(
            host -> {
              source("hostDomain.frequencySource", host.frequencySource());
              source("hostDomain.busyWattsSource", host.busyWattsSource());
              source("hostDomain.waitingSource", host.waitingSource());
              source(
                  "hostDomain.microvoltsSource",
                  host.microvoltsSource(),
                  host.opps().stream().anyMatch(opp -> opp.microvolts().isPresent()));
            });
    source("power.clusterSource", power.clusterSource(), power.clusterWatts().isPresent());
    source("power.socActiveSource", power.socActiveSource());
    source("power.socIdleSource", power.socIdleSource());
    source("power.stalledSource", power.stalledSource());
    source("power.leakageSource", power.leakageSource());
    source("power.dramSource", power.dramSource());
    source("power.dramIdleSource", power.dramIdleSource());
    source("idle", file.idle().source());
    source("thermal", file.thermal().source());
  }

  private void source(String path, Optional<String> text, boolean needed) {
    if (text.isPresent() != needed) {
      throw new FieldException(
          path, needed ? "is missing" : "is the source of figures that this file does not have");
    }
    text.ifPresent(present -> source(path, present));
  }

  private void source(String section, String text) {
    source(section, section.contains(".") ? section : section + ".source", text);
  }

  /**
   * Keeps where figures come from: parts separated by "; ", each a known source identifier with or
   * without more after a colon, or a derivation, or an assumption. Only the first part must say so.
   */
  private void source(String section, String path, String text) {
    Check.text(path, text);
    String[] parts = text.split("; ", -1);
    for (int i = 0; i < parts.length; i++) {
      String head =
          parts[i].contains(":") ? parts[i].substring(0, parts[i].indexOf(':')) : parts[i];
      boolean known =
          head.equals("derived")
              || head.equals("assumed")
              || file.sources().containsKey(head.strip());
      if (!known && (i == 0 || head.matches("[A-Z]\\d+"))) {
        throw new FieldException(
            path,
            "('%s') must begin with one of %s, or with derived: or assumed:"
                .formatted(parts[i], new TreeMap<>(file.sources()).keySet()));
      }
    }
    provenance.put(section, text);
  }

  private DeviceDescription.Cores cores() {
    DeviceFile.Cores cores = file.cores();
    return new DeviceDescription.Cores(
        cores.type(),
        (int) cores.count(),
        (int) cores.defaultThreads(),
        cores.float32FlopsPerCycle(),
        cores.float16FlopsPerCycle(),
        cores.int8OpsPerCycle(),
        cores.vectorBytesPerCycle(),
        cores.winogradFactor().orElse(1));
  }

  private static DeviceDescription.Gpu gpu(DeviceFile.Gpu gpu) {
    return new DeviceDescription.Gpu(
        (int) gpu.shaderCores(),
        (int) gpu.residentWorkgroups(),
        gpu.launchMicroseconds() / 1e6,
        gpu.gapCycles());
  }

  private CoreClock core() {
    DeviceFile.CoreDomain core = file.coreDomain();
    List<Opp> opps = new ArrayList<>();
    List<Double> clusterWatts = new ArrayList<>();
    OptionalDouble shared = file.power().clusterWatts();
    for (int i = 0; i < core.opps().size(); i++) {
      DeviceFile.CoreOpp opp = core.opps().get(i);
      opps.add(opp(opp.kilohertz(), opp.microvolts()));
      clusterWatts.add(
          either(opp.clusterWatts(), shared, "coreDomain.opps[%d].clusterWatts".formatted(i), 1));
    }
    return new CoreClock(
        new FrequencyDomain(core.name(), FrequencyDomain.Kind.CORE, new OppTable(opps)),
        core.opps().stream().map(DeviceFile.CoreOpp::busyWatts).toList(),
        clusterWatts,
        core.opps().stream()
            .map(
                opp -> new CoreClock.Published(opp.coremarkIterationsPerSecond(), opp.checkWatts()))
            .toList(),
        transition(
            "core",
            true,
            OptionalDouble.of(file.transitions().coreStallMicroseconds()),
            OptionalDouble.of(file.transitions().coreSettleMicroseconds()),
            OptionalDouble.of(file.transitions().coreJoules())));
  }

  private MemoryClock memory() {
    DeviceFile.MemoryDomain memory = file.memoryDomain();
    DeviceFile.Transitions transitions = file.transitions();
    boolean controllable = memory.controllable().orElse(true);
    List<Opp> opps = new ArrayList<>();
    List<Double> watts = new ArrayList<>();
    OptionalDouble perGigahertz = file.power().dramBackgroundWattsPerGigahertz();
    DramShape shape = file.power().dramBackgroundShape().orElse(DramShape.LINE);
    double fastest = memory.opps().get(memory.opps().size() - 1).kilohertz() / 1e6;
    for (int i = 0; i < memory.opps().size(); i++) {
      DeviceFile.MemoryOpp opp = memory.opps().get(i);
      opps.add(opp(opp.kilohertz(), opp.microvolts()));
      watts.add(
          either(
              opp.backgroundWatts(),
              perGigahertz,
              "memoryDomain.opps[%d].backgroundWatts".formatted(i),
              gigahertz(shape, opps.get(i).frequency().gigahertz(), fastest)));
    }
    return new MemoryClock(
        new FrequencyDomain(memory.name(), FrequencyDomain.Kind.MEMORY, new OppTable(opps)),
        controllable,
        watts,
        new DeviceDescription.Memory(
            memory.bytesPerClock(),
            memory.efficiency(),
            memory.outstandingMisses(),
            memory.latencyCoreCycles(),
            memory.latencyNanos(),
            memory.latencyMemoryCycles(),
            memory.workspaceFactor().orElse(1)),
        memory.displayFloorKilohertz().isPresent()
            ? Optional.of(Frequency.ofKilohertz(memory.displayFloorKilohertz().getAsLong()))
            : Optional.empty(),
        transition(
            "memory",
            controllable,
            transitions.memoryStallMicroseconds(),
            transitions.memorySettleMicroseconds(),
            transitions.memoryJoules()));
  }

  /** Returns the clock at which a line through the fastest one gives what the shape does here. */
  private static double gigahertz(DramShape shape, double clock, double fastest) {
    return shape == DramShape.LINE ? clock : fastest * shape.share(clock / fastest);
  }

  private HostClock host(DeviceFile.HostDomain host) {
    DeviceFile.Transitions transitions = file.transitions();
    return new HostClock(
        new FrequencyDomain(
            host.name(),
            FrequencyDomain.Kind.CORE,
            new OppTable(
                host.opps().stream().map(o -> opp(o.kilohertz(), o.microvolts())).toList())),
        host.opps().stream().map(DeviceFile.HostOpp::busyWatts).toList(),
        host.waitingShare(),
        transition(
            "host",
            true,
            transitions.hostStallMicroseconds(),
            transitions.hostSettleMicroseconds(),
            transitions.hostJoules()));
  }

  /** Returns a figure of one OPP, or the one that all share times a factor. */
  private static double either(
      OptionalDouble own, OptionalDouble shared, String path, double factor) {
    if (own.isEmpty() && shared.isEmpty()) {
      throw new FieldException(path, "is missing");
    }
    return own.isPresent() ? own.getAsDouble() : shared.getAsDouble() * factor;
  }

  private static Opp opp(long kilohertz, OptionalLong microvolts) {
    return new Opp(
        Frequency.ofKilohertz(kilohertz),
        microvolts.isPresent()
            ? OptionalInt.of((int) microvolts.getAsLong())
            : OptionalInt.empty());
  }

  private static DeviceDescription.Transition transition(
      String clock,
      boolean controllable,
      OptionalDouble stall,
      OptionalDouble settle,
      OptionalDouble joules) {
    if (!controllable && stall.isEmpty() && settle.isEmpty() && joules.isEmpty()) {
      return DeviceDescription.Transition.NONE;
    }
    return new DeviceDescription.Transition(
        needed("transitions.%sStallMicroseconds".formatted(clock), stall) / 1e6,
        needed("transitions.%sSettleMicroseconds".formatted(clock), settle) / 1e6,
        needed("transitions.%sJoules".formatted(clock), joules));
  }

  private static double needed(String path, OptionalDouble value) {
    return value.orElseThrow(() -> new FieldException(path, "is missing"));
  }

  private DeviceDescription.Power power() {
    DeviceFile.Power power = file.power();
    return new DeviceDescription.Power(
        power.socActiveWatts(),
        power.socIdleWatts(),
        power.stalledShare(),
        power.leakageShare(),
        power.leakagePerKelvin(),
        power.dramJoulesPerByte(),
        power.dramIdleShare());
  }

  private List<DeviceDescription.Rest> idle() {
    return file.idle().states().stream()
        .map(
            state ->
                new DeviceDescription.Rest(
                    new IdleState(
                        state.name(),
                        state.entryMicroseconds() / 1e6,
                        state.wakeMicroseconds() / 1e6,
                        state.minimumResidencyMicroseconds() / 1e6),
                    state.leakageKept()))
        .toList();
  }

  private DeviceDescription.Stock stock() {
    DeviceFile.Stock stock = file.stock();
    return new DeviceDescription.Stock(
        governors("core", Optional.of(stock.core()), true),
        governors("memory", stock.memory(), file.memoryDomain().controllable().orElse(true)),
        governors("host", stock.host(), file.hostDomain().isPresent()),
        stock.note());
  }

  private List<GovernorSpec> governors(
      String clock, Optional<List<DeviceFile.StockGovernor>> governors, boolean controllable) {
    boolean some = governors.isPresent() && !governors.get().isEmpty();
    if (some != controllable) {
      throw new FieldException(
          "stock." + clock,
          controllable
              ? "must be a list with at least one entry"
              : "has governors of a clock that cannot be set");
    }
    List<GovernorSpec> specs = new ArrayList<>();
    List<DeviceFile.StockGovernor> entries = governors.orElse(List.of());
    for (int i = 0; i < entries.size(); i++) {
      DeviceFile.StockGovernor entry = entries.get(i);
      specs.add(GovernorSpec.of(entry.governor(), entry.tunables()));
      source(
          "stock.%s.%s".formatted(clock, entry.governor()),
          "stock.%s[%d].source".formatted(clock, i),
          entry.source());
    }
    return specs;
  }
}
