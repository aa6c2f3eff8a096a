package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.Opp;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Turns the JSON of one device into a profile, checking every field on the way. */
final class DeviceParser {

  private final FieldReader top;
  private final Map<String, String> sources;
  private final Map<String, String> provenance = new TreeMap<>();
  private final List<FieldReader> sections = new ArrayList<>();

  DeviceParser(FieldReader top) {
    this.top = top;
    this.sources = top.texts("sources");
    sections.add(top);
  }

  DeviceDescription read(String hash) {
    DeviceDescription.Kind kind =
        DeviceDescription.Kind.valueOf(top.oneOf("type", "cpu", "gpu").toUpperCase(Locale.ROOT));
    FieldReader core = section("coreDomain");
    FieldReader memory = section("memoryDomain");
    FieldReader power = section("power");
    FieldReader transitions = section("transitions");
    FieldReader stock = section("stock");
    provenance.put("stock", stock.text("note"));
    source(transitions, "transitions", "source");
    CoreTable coreTable = coreTable(core, power);
    MemoryTable memoryTable = memoryTable(memory, power);
    DeviceDescription profile =
        new DeviceDescription(
            top.text("name"),
            top.text("title"),
            hash,
            kind,
            sources,
            cores(),
            kind == DeviceDescription.Kind.GPU ? Optional.of(gpu()) : Optional.empty(),
            caches(),
            new FrequencyDomain(
                core.text("name"), FrequencyDomain.Kind.CORE, new OppTable(coreTable.opps())),
            coreTable.busyWatts(),
            coreTable.clusterWatts(),
            coreTable.published(),
            new FrequencyDomain(
                memory.text("name"), FrequencyDomain.Kind.MEMORY, new OppTable(memoryTable.opps())),
            memoryTable.backgroundWatts(),
            memory(memory),
            power(power),
            idleStates(),
            transition(transitions, "core"),
            transition(transitions, "memory"),
            thermal(),
            governors(stock, "core"),
            governors(stock, "memory"),
            top.has("fit") ? Optional.of(fit()) : Optional.empty(),
            provenance,
            top.has("cautions") ? top.textList("cautions") : List.of());
    if (profile.coreDomain().name().equals(profile.memoryDomain().name())) {
      throw memory.error(
          memory.child("name"),
          "('%s') is the name of the core domain too".formatted(profile.memoryDomain().name()));
    }
    sections.forEach(FieldReader::finish);
    return profile;
  }

  private FieldReader section(String name) {
    FieldReader section = top.object(name);
    sections.add(section);
    return section;
  }

  private void source(FieldReader reader, String section, String field) {
    provenance.put(
        field.equals("source") ? section : section + "." + field,
        reader.provenance(field, sources));
  }

  private DeviceDescription.Cores cores() {
    FieldReader reader = section("cores");
    source(reader, "cores", "source");
    int count = reader.smallPositive("count");
    int threads = reader.smallPositive("defaultThreads");
    if (threads > count) {
      throw reader.error(
          reader.child("defaultThreads"), "(%d) exceeds the %d cores".formatted(threads, count));
    }
    return new DeviceDescription.Cores(
        reader.text("type"),
        count,
        threads,
        reader.positive("float32FlopsPerCycle"),
        reader.positive("float16FlopsPerCycle"),
        reader.positive("int8OpsPerCycle"),
        reader.positive("vectorBytesPerCycle"),
        reader.has("winogradFactor") ? reader.positive("winogradFactor") : 1);
  }

  private DeviceDescription.Gpu gpu() {
    FieldReader reader = section("gpu");
    source(reader, "gpu", "source");
    return new DeviceDescription.Gpu(
        reader.smallPositive("shaderCores"),
        reader.smallPositive("residentWorkgroups"),
        reader.notNegative("launchMicroseconds") / 1e6,
        reader.notNegative("gapCycles"));
  }

  private long caches() {
    FieldReader reader = section("caches");
    source(reader, "caches", "source");
    return reader.wholePositive("lastLevelBytes");
  }

  private DeviceDescription.Fit fit() {
    FieldReader reader = section("fit");
    return new DeviceDescription.Fit(
        reader.text("data"),
        reader.text("parameters"),
        optional(reader, "latencyErrorMean"),
        optional(reader, "powerErrorMean"));
  }

  private static OptionalDouble optional(FieldReader reader, String name) {
    return reader.has(name) ? OptionalDouble.of(reader.notNegative(name)) : OptionalDouble.empty();
  }

  private record CoreTable(
      List<Opp> opps,
      List<Double> busyWatts,
      List<Double> clusterWatts,
      List<DeviceDescription.Published> published) {}

  private CoreTable coreTable(FieldReader reader, FieldReader power) {
    source(reader, "coreDomain", "frequencySource");
    source(reader, "coreDomain", "busyWattsSource");
    CoreTable table =
        new CoreTable(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    OptionalDouble shared = optional(power, "clusterWatts");
    if (shared.isPresent()) {
      source(power, "power", "clusterSource");
    }
    for (FieldReader opp : reader.objects("opps")) {
      addOpp(reader, "coreDomain", opp, table.opps());
      table.busyWatts().add(opp.positive("busyWatts"));
      if (opp.has("clusterWatts")) {
        sourceOnce(reader, "coreDomain", "clusterWattsSource");
      }
      table
          .clusterWatts()
          .add(
              opp.has("clusterWatts") || shared.isEmpty()
                  ? opp.notNegative("clusterWatts")
                  : shared.getAsDouble());
      table
          .published()
          .add(
              new DeviceDescription.Published(
                  optionalPositive(reader, opp, "coremarkIterationsPerSecond", "coremarkSource"),
                  optionalPositive(reader, opp, "checkWatts", "checkWattsSource")));
      opp.finish();
    }
    return table;
  }

  private OptionalDouble optionalPositive(
      FieldReader domain, FieldReader opp, String field, String sourceField) {
    if (!opp.has(field)) {
      return OptionalDouble.empty();
    }
    sourceOnce(domain, "coreDomain", sourceField);
    return OptionalDouble.of(opp.positive(field));
  }

  private void sourceOnce(FieldReader reader, String section, String field) {
    if (!provenance.containsKey(section + "." + field)) {
      source(reader, section, field);
    }
  }

  private record MemoryTable(List<Opp> opps, List<Double> backgroundWatts) {}

  private MemoryTable memoryTable(FieldReader reader, FieldReader power) {
    for (String field : List.of("frequencySource", "bytesPerClockSource", "accessSource")) {
      source(reader, "memoryDomain", field);
    }
    MemoryTable table = new MemoryTable(new ArrayList<>(), new ArrayList<>());
    OptionalDouble perGigahertz = optional(power, "dramBackgroundWattsPerGigahertz");
    for (FieldReader opp : reader.objects("opps")) {
      addOpp(reader, "memoryDomain", opp, table.opps());
      double gigahertz = table.opps().get(table.opps().size() - 1).frequency().gigahertz();
      table
          .backgroundWatts()
          .add(
              opp.has("backgroundWatts") || perGigahertz.isEmpty()
                  ? opp.notNegative("backgroundWatts")
                  : perGigahertz.getAsDouble() * gigahertz);
      opp.finish();
    }
    return table;
  }

  private void addOpp(FieldReader domain, String section, FieldReader opp, List<Opp> opps) {
    Frequency frequency = Frequency.ofKilohertz(opp.kilohertz("kilohertz"));
    if (!opps.isEmpty() && frequency.compareTo(opps.get(opps.size() - 1).frequency()) <= 0) {
      throw opp.error(
          opp.child("kilohertz"),
          "(%d) must be faster than the OPP before it (%d)"
              .formatted(frequency.kilohertz(), opps.get(opps.size() - 1).frequency().kilohertz()));
    }
    OptionalInt microvolts = OptionalInt.empty();
    if (opp.has("microvolts")) {
      sourceOnce(domain, section, "microvoltsSource");
      microvolts = OptionalInt.of(opp.smallPositive("microvolts"));
    }
    opps.add(new Opp(frequency, microvolts));
  }

  private static DeviceDescription.Memory memory(FieldReader reader) {
    return new DeviceDescription.Memory(
        reader.positive("bytesPerClock"),
        reader.positiveShare("efficiency"),
        reader.positive("outstandingMisses"),
        reader.notNegative("latencyCoreCycles"),
        reader.notNegative("latencyNanos"),
        reader.notNegative("latencyMemoryCycles"),
        reader.has("workspaceFactor") ? reader.positive("workspaceFactor") : 1);
  }

  private DeviceDescription.Power power(FieldReader reader) {
    for (String field :
        List.of(
            "socActiveSource",
            "socIdleSource",
            "stalledSource",
            "leakageSource",
            "dramSource",
            "dramIdleSource")) {
      source(reader, "power", field);
    }
    if (reader.notNegative("socActiveWatts") < reader.notNegative("socIdleWatts")) {
      throw reader.error(
          reader.child("socActiveWatts"),
          "must not be less than socIdleWatts, the power of idling");
    }
    return new DeviceDescription.Power(
        reader.notNegative("socActiveWatts"),
        reader.notNegative("socIdleWatts"),
        reader.share("stalledShare"),
        reader.share("leakageShare"),
        reader.notNegative("leakagePerKelvin"),
        reader.notNegative("dramJoulesPerByte"),
        reader.share("dramIdleShare"));
  }

  private List<DeviceDescription.IdleState> idleStates() {
    FieldReader idle = section("idle");
    source(idle, "idle", "source");
    List<DeviceDescription.IdleState> states = new ArrayList<>();
    for (FieldReader reader : idle.objects("states")) {
      DeviceDescription.IdleState state =
          new DeviceDescription.IdleState(
              reader.text("name"),
              reader.notNegative("entryMicroseconds") / 1e6,
              reader.notNegative("wakeMicroseconds") / 1e6,
              reader.notNegative("minimumResidencyMicroseconds") / 1e6,
              reader.share("leakageKept"));
      if (!states.isEmpty()
          && state.minimumResidencySeconds()
              <= states.get(states.size() - 1).minimumResidencySeconds()) {
        throw reader.error(
            reader.child("minimumResidencyMicroseconds"),
            "must be longer than that of the shallower state before it");
      }
      reader.finish();
      states.add(state);
    }
    return states;
  }

  private DeviceDescription.Thermal thermal() {
    FieldReader reader = section("thermal");
    source(reader, "thermal", "source");
    DeviceDescription.Thermal thermal =
        new DeviceDescription.Thermal(
            reader.notNegative("ambientCelsius"),
            reader.notNegative("kelvinPerWatt"),
            reader.positive("timeConstantSeconds"),
            reader.positive("capCelsius"));
    if (thermal.capCelsius() <= thermal.ambientCelsius()) {
      throw reader.error(reader.child("capCelsius"), "must be above ambientCelsius");
    }
    return thermal;
  }

  private static DeviceDescription.Transition transition(FieldReader reader, String domain) {
    return new DeviceDescription.Transition(
        reader.notNegative(domain + "StallMicroseconds") / 1e6,
        reader.notNegative(domain + "SettleMicroseconds") / 1e6,
        reader.notNegative(domain + "Joules"));
  }

  private List<GovernorSpec> governors(FieldReader stock, String name) {
    List<GovernorSpec> specs = new ArrayList<>();
    for (FieldReader reader : stock.objects(name)) {
      GovernorSpec spec = GovernorSpec.of(reader.text("governor"), reader.texts("tunables"));
      specs.add(spec);
      provenance.put("stock." + name + "." + spec.name(), reader.provenance("source", sources));
      reader.finish();
    }
    return specs;
  }
}
