package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.Opp;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.files.CoreClock;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.Quality;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import java.util.TreeMap;

/** One device as JSON, schema {@code neurobalancer/device-details/1}. */
final class DeviceDetailsJson {

  private DeviceDetailsJson() {}

  static ObjectNode of(DeviceDescription profile) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/device-details/1")
        .put("name", Devices.SIMULATED + profile.name())
        .put("title", profile.title())
        .put("type", DevicesCommand.kind(profile))
        .put("hash", profile.hash())
        .put("cores", profile.cores().count())
        .put("coreType", profile.cores().type())
        .put("lastLevelCacheBytes", profile.lastLevelCacheBytes())
        .put("settings", profile.grid().size());
    profile
        .fit()
        .ifPresent(
            fit -> {
              ObjectNode node = root.putObject("fit");
              node.put("data", fit.data()).put("parameters", fit.parameters());
              fit.latencyError().ifPresent(error -> node.put("latencyErrorMean", error));
              fit.powerError().ifPresent(error -> node.put("powerErrorMean", error));
            });
    coreOpps(root, profile);
    memoryOpps(root, profile);
    DeviceDescription.Power power = profile.power();
    root.putObject("power")
        .put("socActiveWatts", power.socActiveWatts())
        .put("socIdleWatts", power.socIdleWatts())
        .put("stalledShare", power.stalledShare())
        .put("leakageShare", power.leakageShare())
        .put("dramJoulesPerByte", power.dramJoulesPerByte())
        .put("dramIdleShare", power.dramIdleShare());
    ArrayNode idle = root.putArray("idleStates");
    for (DeviceDescription.Rest rest : profile.rests()) {
      idle.addObject()
          .put("name", rest.state().name())
          .put("entrySeconds", rest.state().entrySeconds())
          .put("wakeSeconds", rest.state().wakeSeconds())
          .put("minimumResidencySeconds", rest.state().minimumResidencySeconds())
          .put("leakageKept", rest.leakageKept());
    }
    ObjectNode stock = root.putObject("stock");
    governors(stock.putArray("core"), profile.stockCore());
    governors(stock.putArray("memory"), profile.stockMemory());
    stock.put("note", profile.provenance().getOrDefault("stock", ""));
    ArrayNode provenance = root.putArray("provenance");
    profile
        .provenance()
        .forEach(
            (section, text) -> {
              if (!section.equals("stock")) {
                provenance
                    .addObject()
                    .put("section", section)
                    .put("quality", Quality.of(text).word())
                    .put("source", text);
              }
            });
    ObjectNode sources = root.putObject("sources");
    new TreeMap<>(profile.sources()).forEach(sources::put);
    ArrayNode cautions = root.putArray("cautions");
    profile.cautions().forEach(cautions::add);
    return root;
  }

  private static void coreOpps(ObjectNode root, DeviceDescription profile) {
    ObjectNode domain = root.putObject("coreDomain").put("name", profile.coreDomain().name());
    ArrayNode opps = domain.putArray("opps");
    for (int i = 0; i < profile.coreDomain().opps().size(); i++) {
      ObjectNode node = opp(opps, profile.coreDomain().opps().opps().get(i));
      node.put("busyWatts", profile.busyWatts().get(i))
          .put("clusterWatts", profile.clusterWatts().get(i));
      CoreClock.Published published = profile.core().published().get(i);
      published
          .coremarkIterationsPerSecond()
          .ifPresent(value -> node.put("coremarkIterationsPerSecond", value));
      published.checkWatts().ifPresent(value -> node.put("checkWatts", value));
    }
  }

  private static void memoryOpps(ObjectNode root, DeviceDescription profile) {
    ObjectNode domain = root.putObject("memoryDomain").put("name", profile.memoryDomain().name());
    domain
        .put("bytesPerClock", profile.memory().bytesPerClock())
        .put("efficiency", profile.memory().efficiency());
    ArrayNode opps = domain.putArray("opps");
    for (int i = 0; i < profile.memoryDomain().opps().size(); i++) {
      Opp opp = profile.memoryDomain().opps().opps().get(i);
      opp(opps, opp)
          .put("peakBytesPerSecond", opp.frequency().hertz() * profile.memory().bytesPerClock())
          .put("backgroundWatts", profile.memoryBackgroundWatts().get(i));
    }
  }

  private static ObjectNode opp(ArrayNode opps, Opp opp) {
    ObjectNode node = opps.addObject().put("kilohertz", opp.frequency().kilohertz());
    opp.microvolts().ifPresent(value -> node.put("microvolts", value));
    return node;
  }

  private static void governors(ArrayNode array, List<GovernorSpec> governors) {
    for (GovernorSpec governor : governors) {
      ObjectNode tunables =
          array.addObject().put("governor", governor.name()).putObject("tunables");
      governor.tunables().forEach(tunables::put);
    }
  }
}
