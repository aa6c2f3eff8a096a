package io.neurobalancer.files;

import io.neurobalancer.files.Check.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A device description as it stands in a file, field by field in the file's units; the constructors
 * hold each figure to its range. docs/device-profiles.md says what each field means, {@link
 * DeviceReader} makes a description of it.
 */
record DeviceFile(
    String name,
    String title,
    DeviceDescription.Kind type,
    Map<String, String> sources,
    Cores cores,
    Optional<Gpu> gpu,
    Caches caches,
    CoreDomain coreDomain,
    MemoryDomain memoryDomain,
    Optional<HostDomain> hostDomain,
    Power power,
    IdleSection idle,
    Transitions transitions,
    Thermal thermal,
    Stock stock,
    Optional<Fit> fit,
    Optional<List<String>> cautions) {

  private static final double MOST_WATTS = 60;
  private static final double MOST_BOARD_WATTS = 1_000;
  private static final double MOST_PAUSE_MICROSECONDS = 1e6;

  DeviceFile {
    Check.text("name", name);
    Check.text("title", title);
    if (gpu.isPresent() != (type == DeviceDescription.Kind.GPU)) {
      throw new FieldException(
          "gpu", gpu.isPresent() ? "is no field of a device of type cpu" : "is missing");
    }
    if (hostDomain.isPresent() && gpu.isEmpty()) {
      throw new FieldException("hostDomain", "is no field of a device of type cpu");
    }
  }

  record Cores(
      String type,
      long count,
      long defaultThreads,
      double float32FlopsPerCycle,
      double float16FlopsPerCycle,
      double int8OpsPerCycle,
      double vectorBytesPerCycle,
      OptionalDouble winogradFactor,
      String source) {
    Cores {
      Check.text("type", type);
      Check.count("count", count, 1_024);
      Check.count("defaultThreads", defaultThreads, 1_024);
      if (defaultThreads > count) {
        throw new FieldException(
            "defaultThreads", "(%d) exceeds the %d cores".formatted(defaultThreads, count));
      }
      Check.within("float32FlopsPerCycle", float32FlopsPerCycle, 0.01, 1e6, Unit.NONE);
      Check.within("float16FlopsPerCycle", float16FlopsPerCycle, 0.01, 1e6, Unit.NONE);
      Check.within("int8OpsPerCycle", int8OpsPerCycle, 0.01, 1e6, Unit.NONE);
      Check.within("vectorBytesPerCycle", vectorBytesPerCycle, 0.01, 1e6, Unit.NONE);
      winogradFactor.ifPresent(v -> Check.within("winogradFactor", v, 0.01, 100, Unit.NONE));
    }
  }

  record Gpu(
      long shaderCores,
      long residentWorkgroups,
      double launchMicroseconds,
      double gapCycles,
      String source) {
    Gpu {
      Check.count("shaderCores", shaderCores, 100_000);
      Check.count("residentWorkgroups", residentWorkgroups, 100_000);
      Check.within("launchMicroseconds", launchMicroseconds, 0, 100_000, Unit.MICROSECONDS);
      Check.within("gapCycles", gapCycles, 0, 1e8, Unit.NONE);
    }
  }

  record Caches(long lastLevelBytes, String source) {
    Caches {
      Check.whole("lastLevelBytes", lastLevelBytes, 8_192, 1L << 32, Unit.BYTES);
    }
  }

  record CoreDomain(
      String name,
      List<CoreOpp> opps,
      String frequencySource,
      String busyWattsSource,
      Optional<String> microvoltsSource,
      Optional<String> clusterWattsSource,
      Optional<String> coremarkSource,
      Optional<String> checkWattsSource) {
    CoreDomain {
      Check.text("name", name);
      opps = Check.filled("opps", opps);
      ascending(opps.stream().map(CoreOpp::kilohertz).toList());
    }
  }

  record CoreOpp(
      long kilohertz,
      OptionalLong microvolts,
      double busyWatts,
      OptionalDouble clusterWatts,
      OptionalDouble coremarkIterationsPerSecond,
      OptionalDouble checkWatts) {
    CoreOpp {
      coreClock(kilohertz);
      volts(microvolts);
      Check.within("busyWatts", busyWatts, 5e-4, MOST_WATTS, Unit.WATTS);
      clusterWatts.ifPresent(v -> Check.within("clusterWatts", v, 0, MOST_WATTS, Unit.WATTS));
      coremarkIterationsPerSecond.ifPresent(
          v -> Check.within("coremarkIterationsPerSecond", v, 1, 1e7, Unit.NONE));
      checkWatts.ifPresent(v -> Check.within("checkWatts", v, 5e-4, MOST_WATTS, Unit.WATTS));
    }
  }

  record MemoryDomain(
      String name,
      Optional<Boolean> controllable,
      List<MemoryOpp> opps,
      String frequencySource,
      Optional<String> microvoltsSource,
      double bytesPerClock,
      String bytesPerClockSource,
      double efficiency,
      double outstandingMisses,
      double latencyCoreCycles,
      double latencyNanos,
      double latencyMemoryCycles,
      OptionalDouble workspaceFactor,
      String accessSource,
      OptionalLong displayFloorKilohertz,
      Optional<String> displayFloorSource) {
    MemoryDomain {
      Check.text("name", name);
      opps = Check.filled("opps", opps);
      ascending(opps.stream().map(MemoryOpp::kilohertz).toList());
      if (!controllable.orElse(true) && opps.size() > 1) {
        throw new FieldException(
            "opps", "must be a single clock, since controllable is false: it cannot be set");
      }
      Check.within("bytesPerClock", bytesPerClock, 0.25, 4_096, Unit.NONE);
      if (!(efficiency > 0 && efficiency <= 1)) {
        throw new FieldException(
            "efficiency", "(%s) must be above 0 and at most 1".formatted(efficiency));
      }
      Check.within("outstandingMisses", outstandingMisses, 0.1, 1e6, Unit.NONE);
      Check.within("latencyCoreCycles", latencyCoreCycles, 0, 1e5, Unit.NONE);
      Check.within("latencyNanos", latencyNanos, 0, 1e5, Unit.NANOSECONDS);
      Check.within("latencyMemoryCycles", latencyMemoryCycles, 0, 1e5, Unit.NONE);
      workspaceFactor.ifPresent(v -> Check.within("workspaceFactor", v, 0.01, 1e4, Unit.NONE));
      long fastest = opps.get(opps.size() - 1).kilohertz();
      displayFloorKilohertz.ifPresent(
          v -> Check.whole("displayFloorKilohertz", v, 50_000, fastest, Unit.KILOHERTZ));
    }
  }

  record MemoryOpp(long kilohertz, OptionalLong microvolts, OptionalDouble backgroundWatts) {
    MemoryOpp {
      Check.whole("kilohertz", kilohertz, 50_000, 12_000_000, Unit.KILOHERTZ);
      volts(microvolts);
      backgroundWatts.ifPresent(v -> Check.within("backgroundWatts", v, 0, MOST_WATTS, Unit.WATTS));
    }
  }

  record HostDomain(
      String name,
      List<HostOpp> opps,
      double waitingShare,
      String frequencySource,
      Optional<String> microvoltsSource,
      String busyWattsSource,
      String waitingSource) {
    HostDomain {
      Check.text("name", name);
      opps = Check.filled("opps", opps);
      ascending(opps.stream().map(HostOpp::kilohertz).toList());
      Check.share("waitingShare", waitingShare);
    }
  }

  record HostOpp(long kilohertz, OptionalLong microvolts, double busyWatts) {
    HostOpp {
      coreClock(kilohertz);
      volts(microvolts);
      Check.within("busyWatts", busyWatts, 5e-4, MOST_WATTS, Unit.WATTS);
    }
  }

  record Power(
      OptionalDouble clusterWatts,
      Optional<String> clusterSource,
      double socActiveWatts,
      String socActiveSource,
      double socIdleWatts,
      String socIdleSource,
      double stalledShare,
      String stalledSource,
      double leakageShare,
      double leakagePerKelvin,
      String leakageSource,
      OptionalDouble dramBackgroundWattsPerGigahertz,
      Optional<DramShape> dramBackgroundShape,
      double dramJoulesPerByte,
      String dramSource,
      double dramIdleShare,
      String dramIdleSource) {
    Power {
      clusterWatts.ifPresent(v -> Check.within("clusterWatts", v, 0, MOST_WATTS, Unit.WATTS));
      Check.within("socActiveWatts", socActiveWatts, 0, MOST_BOARD_WATTS, Unit.WATTS);
      Check.within("socIdleWatts", socIdleWatts, 0, MOST_BOARD_WATTS, Unit.WATTS);
      if (socActiveWatts < socIdleWatts) {
        throw new FieldException(
            "socActiveWatts",
            "(%s) must not be less than socIdleWatts (%s), the power of idling"
                .formatted(socActiveWatts, socIdleWatts));
      }
      Check.share("stalledShare", stalledShare);
      Check.share("leakageShare", leakageShare);
      Check.within("leakagePerKelvin", leakagePerKelvin, 0, 1, Unit.NONE);
      if (dramBackgroundShape.isPresent() && dramBackgroundWattsPerGigahertz.isEmpty()) {
        throw new FieldException(
            "dramBackgroundShape", "needs dramBackgroundWattsPerGigahertz, whose course it is");
      }
      dramBackgroundWattsPerGigahertz.ifPresent(
          v -> Check.within("dramBackgroundWattsPerGigahertz", v, 0, MOST_WATTS, Unit.WATTS));
      Check.within("dramJoulesPerByte", dramJoulesPerByte, 0, 1e-7, Unit.JOULES_PER_BYTE);
      Check.share("dramIdleShare", dramIdleShare);
    }
  }

  record IdleSection(List<IdleEntry> states, String source) {
    IdleSection {
      states = Check.filled("states", states);
      for (int s = 1; s < states.size(); s++) {
        if (states.get(s).minimumResidencyMicroseconds()
            <= states.get(s - 1).minimumResidencyMicroseconds()) {
          throw new FieldException(
              "states[%d].minimumResidencyMicroseconds".formatted(s),
              "must be longer than that of the shallower state before it");
        }
      }
    }
  }

  record IdleEntry(
      String name,
      double entryMicroseconds,
      double wakeMicroseconds,
      double minimumResidencyMicroseconds,
      double leakageKept) {
    IdleEntry {
      Check.text("name", name);
      pause("entryMicroseconds", entryMicroseconds);
      pause("wakeMicroseconds", wakeMicroseconds);
      Check.within(
          "minimumResidencyMicroseconds",
          minimumResidencyMicroseconds,
          0,
          100 * MOST_PAUSE_MICROSECONDS,
          Unit.MICROSECONDS);
      Check.share("leakageKept", leakageKept);
    }
  }

  record Transitions(
      double coreStallMicroseconds,
      double coreSettleMicroseconds,
      double coreJoules,
      OptionalDouble memoryStallMicroseconds,
      OptionalDouble memorySettleMicroseconds,
      OptionalDouble memoryJoules,
      OptionalDouble hostStallMicroseconds,
      OptionalDouble hostSettleMicroseconds,
      OptionalDouble hostJoules,
      String source) {
    Transitions {
      transition(
          "core",
          OptionalDouble.of(coreStallMicroseconds),
          OptionalDouble.of(coreSettleMicroseconds),
          OptionalDouble.of(coreJoules));
      transition("memory", memoryStallMicroseconds, memorySettleMicroseconds, memoryJoules);
      transition("host", hostStallMicroseconds, hostSettleMicroseconds, hostJoules);
    }

    private static void transition(
        String clock, OptionalDouble stall, OptionalDouble settle, OptionalDouble joules) {
      stall.ifPresent(v -> pause(clock + "StallMicroseconds", v));
      settle.ifPresent(v -> pause(clock + "SettleMicroseconds", v));
      joules.ifPresent(v -> Check.within(clock + "Joules", v, 0, 1, Unit.JOULES));
    }
  }

  record Thermal(
      double ambientCelsius,
      double kelvinPerWatt,
      double timeConstantSeconds,
      double capCelsius,
      String source) {
    Thermal {
      Check.within("ambientCelsius", ambientCelsius, -60, 100, Unit.CELSIUS);
      Check.within("kelvinPerWatt", kelvinPerWatt, 0, 1_000, Unit.NONE);
      Check.within("timeConstantSeconds", timeConstantSeconds, 1e-3, 1e5, Unit.SECONDS);
      Check.within("capCelsius", capCelsius, 1, 200, Unit.CELSIUS);
      if (capCelsius <= ambientCelsius) {
        throw new FieldException(
            "capCelsius",
            "(%s) must be above ambientCelsius (%s)".formatted(capCelsius, ambientCelsius));
      }
    }
  }

  record Stock(
      List<StockGovernor> core,
      Optional<List<StockGovernor>> memory,
      Optional<List<StockGovernor>> host,
      String note) {
    Stock {
      core = Check.filled("core", core);
      Check.text("note", note);
    }
  }

  record StockGovernor(String governor, Map<String, String> tunables, String source) {
    StockGovernor {
      Check.text("governor", governor);
    }
  }

  record Fit(
      String data,
      String parameters,
      OptionalDouble latencyErrorMean,
      OptionalDouble powerErrorMean) {
    Fit {
      latencyErrorMean.ifPresent(v -> Check.notNegative("latencyErrorMean", v));
      powerErrorMean.ifPresent(v -> Check.notNegative("powerErrorMean", v));
    }
  }

  private static void coreClock(long kilohertz) {
    Check.whole("kilohertz", kilohertz, 30_000, 8_000_000, Unit.KILOHERTZ);
  }

  private static void volts(OptionalLong microvolts) {
    microvolts.ifPresent(v -> Check.whole("microvolts", v, 200_000, 3_000_000, Unit.MICROVOLTS));
  }

  private static void pause(String field, double microseconds) {
    Check.within(field, microseconds, 0, MOST_PAUSE_MICROSECONDS, Unit.MICROSECONDS);
  }

  private static void ascending(List<Long> kilohertz) {
    for (int i = 1; i < kilohertz.size(); i++) {
      if (kilohertz.get(i) <= kilohertz.get(i - 1)) {
        throw new FieldException(
            "opps[%d].kilohertz".formatted(i),
            "(%d) must be faster than the OPP before it (%d)"
                .formatted(kilohertz.get(i), kilohertz.get(i - 1)));
      }
    }
  }
}
