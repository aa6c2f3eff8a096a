package io.neurobalancer.profiles;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.Opp;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Loads device profiles: those bundled with NeuroBalancer and those that users write. */
public final class DeviceProfiles {

  /** The schema that this version reads. */
  public static final String SCHEMA = "neurobalancer/device/1";

  private static final List<String> NAMES = List.of("pixel-4-cpu");
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private DeviceProfiles() {}

  /** Returns the names of the bundled profiles. */
  public static List<String> names() {
    return NAMES;
  }

  /** Returns a bundled profile, or empty if none has this name. */
  public static Optional<DeviceProfile> bundled(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    String file = name + ".json";
    try (@Nullable InputStream in = DeviceProfiles.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("The bundled profile %s is missing.".formatted(file));
      }
      return Optional.of(parse(file, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Loads a profile from a file.
   *
   * @throws ProfileException if the file cannot be read or is no valid profile
   */
  public static DeviceProfile load(Path file) {
    try {
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ProfileException(
          "The device profile '%s' cannot be read.%nMaybe check the path and its permissions."
              .formatted(file),
          e);
    }
  }

  static DeviceProfile parse(String file, byte[] json) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ProfileException(
          "%s: this is no valid JSON (line %d, column %d).%nMaybe the file is cut off there."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    FieldReader top = new FieldReader(file, "", tree);
    String schema = top.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw top.error("schema", "('%s') must be '%s'".formatted(schema, SCHEMA));
    }
    return read(top, sha256(json));
  }

  private static DeviceProfile read(FieldReader top, String hash) {
    Map<String, String> sources = top.texts("sources");
    Map<String, String> provenance = new TreeMap<>();
    FieldReader cores = top.object("cores");
    provenance.put("cores", cores.provenance("source", sources));
    FieldReader caches = top.object("caches");
    provenance.put("caches", caches.provenance("source", sources));
    FieldReader coreDomain = top.object("coreDomain");
    FieldReader memoryDomain = top.object("memoryDomain");
    FieldReader power = top.object("power");
    FieldReader idle = top.object("idle");
    provenance.put("idle", idle.provenance("source", sources));
    FieldReader transitions = top.object("transitions");
    provenance.put("transitions", transitions.provenance("source", sources));
    FieldReader thermal = top.object("thermal");
    provenance.put("thermal", thermal.provenance("source", sources));
    FieldReader stock = top.object("stock");
    provenance.put("stock", stock.text("note"));
    for (String name : List.of("frequencySource", "microvoltsSource", "busyWattsSource")) {
      provenance.put("coreDomain." + name, coreDomain.provenance(name, sources));
    }
    for (String name : List.of("frequencySource", "bytesPerClockSource", "accessSource")) {
      provenance.put("memoryDomain." + name, memoryDomain.provenance(name, sources));
    }
    for (String name :
        List.of(
            "clusterSource",
            "socActiveSource",
            "socIdleSource",
            "stalledSource",
            "leakageSource",
            "dramSource",
            "dramIdleSource")) {
      provenance.put("power." + name, power.provenance(name, sources));
    }
    List<Double> busyWatts = new ArrayList<>();
    DeviceProfile profile =
        new DeviceProfile(
            top.text("name"),
            top.text("title"),
            hash,
            sources,
            cores(cores),
            caches.wholePositive("lastLevelBytes"),
            domain(coreDomain, FrequencyDomain.Kind.CORE, busyWatts),
            busyWatts,
            domain(memoryDomain, FrequencyDomain.Kind.MEMORY, new ArrayList<>()),
            memory(memoryDomain),
            power(power),
            new DeviceProfile.Idle(
                idle.notNegative("wakeMicroseconds") / 1e6,
                idle.notNegative("minimumResidencyMicroseconds") / 1e6),
            transition(transitions, "core"),
            transition(transitions, "memory"),
            new DeviceProfile.Thermal(
                thermal.notNegative("ambientCelsius"),
                thermal.notNegative("kelvinPerWatt"),
                thermal.positive("timeConstantSeconds"),
                thermal.positive("capCelsius")),
            governors(stock, "core", sources),
            governors(stock, "memory", sources),
            provenance,
            top.has("cautions") ? top.textList("cautions") : List.of());
    for (FieldReader reader :
        List.of(
            top,
            cores,
            caches,
            coreDomain,
            memoryDomain,
            power,
            idle,
            transitions,
            thermal,
            stock)) {
      reader.finish();
    }
    return profile;
  }

  private static DeviceProfile.Cores cores(FieldReader reader) {
    int count = (int) reader.wholePositive("count");
    int threads = (int) reader.wholePositive("defaultThreads");
    if (threads > count) {
      throw reader.error(
          reader.child("defaultThreads"), "(%d) exceeds the %d cores".formatted(threads, count));
    }
    return new DeviceProfile.Cores(
        reader.text("type"),
        count,
        threads,
        reader.positive("float32FlopsPerCycle"),
        reader.positive("float16FlopsPerCycle"),
        reader.positive("int8OpsPerCycle"),
        reader.positive("vectorBytesPerCycle"));
  }

  private static FrequencyDomain domain(
      FieldReader reader, FrequencyDomain.Kind kind, List<Double> busyWatts) {
    List<Opp> opps = new ArrayList<>();
    for (FieldReader opp : reader.objects("opps")) {
      Frequency frequency = Frequency.ofKilohertz(opp.wholePositive("kilohertz"));
      if (!opps.isEmpty() && frequency.compareTo(opps.get(opps.size() - 1).frequency()) <= 0) {
        throw opp.error(
            opp.child("kilohertz"),
            "(%d) must be faster than the OPP before it (%d)"
                .formatted(
                    frequency.kilohertz(), opps.get(opps.size() - 1).frequency().kilohertz()));
      }
      OptionalInt microvolts =
          opp.has("microvolts")
              ? OptionalInt.of(Math.toIntExact(opp.wholePositive("microvolts")))
              : OptionalInt.empty();
      if (kind == FrequencyDomain.Kind.CORE) {
        busyWatts.add(opp.positive("busyWatts"));
      }
      opp.finish();
      opps.add(new Opp(frequency, microvolts));
    }
    return new FrequencyDomain(reader.text("name"), kind, new OppTable(opps));
  }

  private static DeviceProfile.Memory memory(FieldReader reader) {
    return new DeviceProfile.Memory(
        reader.positive("bytesPerClock"),
        reader.share("efficiency"),
        reader.positive("outstandingMisses"),
        reader.notNegative("latencyCoreCycles"),
        reader.notNegative("latencyNanos"),
        reader.notNegative("latencyMemoryCycles"));
  }

  private static DeviceProfile.Power power(FieldReader reader) {
    return new DeviceProfile.Power(
        reader.notNegative("clusterWatts"),
        reader.notNegative("socActiveWatts"),
        reader.notNegative("socIdleWatts"),
        reader.share("stalledShare"),
        reader.share("leakageShare"),
        reader.notNegative("leakagePerKelvin"),
        reader.notNegative("dramBackgroundWattsPerGigahertz"),
        reader.notNegative("dramJoulesPerByte"),
        reader.share("dramIdleShare"));
  }

  private static DeviceProfile.Transition transition(FieldReader reader, String domain) {
    return new DeviceProfile.Transition(
        reader.notNegative(domain + "StallMicroseconds") / 1e6,
        reader.notNegative(domain + "SettleMicroseconds") / 1e6,
        reader.notNegative(domain + "Joules"));
  }

  private static List<GovernorSpec> governors(
      FieldReader stock, String name, Map<String, String> sources) {
    List<GovernorSpec> specs = new ArrayList<>();
    for (FieldReader reader : stock.objects(name)) {
      specs.add(GovernorSpec.of(reader.text("governor"), reader.texts("tunables")));
      reader.provenance("source", sources);
      reader.finish();
    }
    return specs;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
