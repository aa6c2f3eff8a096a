package io.neurobalancer.cli;

import io.neurobalancer.cost.ProfilingTarget;
import io.neurobalancer.files.CostProfile;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.MeasuredTables;
import io.neurobalancer.simulator.replay.ReplayException;
import io.neurobalancer.simulator.replay.ReplayTarget;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A device with a workload on it, ready to be profiled.
 *
 * @param origin what a profile of it says about where it comes from
 * @param operators in execution order
 * @param repeatsTell whether running a setting again can give another result
 * @param target for a campaign that has so many runs behind it
 */
record ProfiledDevice(
    CostProfile.Origin origin,
    List<Operator> operators,
    boolean repeatsTell,
    IntFunction<ProfilingTarget> target) {

  static final String REPLAYED = "replay:";

  static ProfiledDevice replayed(String device, int budget) {
    Path file = Path.of(device.substring(REPLAYED.length()));
    MeasuredTable table = MeasuredTables.read(file);
    List<Operator> operators =
        table.operatorNames().stream()
            .map(
                name ->
                    new Operator(
                        name,
                        "Measured",
                        OperatorKind.UNKNOWN,
                        0,
                        0,
                        0,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        DataType.FLOAT32))
            .toList();
    return new ProfiledDevice(
        new CostProfile.Origin(
            VersionProvider.version(),
            device,
            sha256(file),
            "operators of the table",
            sha256(file),
            "replayed measurements",
            budget,
            1),
        operators,
        false,
        runs -> new ReplayTarget(table));
  }

  static ProfiledDevice simulated(
      DeviceOptions device,
      ModelOptions model,
      Weather weather,
      long seed,
      int budget,
      int repeats) {
    DeviceDescription profile = device.load();
    Workload workload = model.load();
    int threads = device.threads().orElse(profile.cores().defaultThreads());
    DevicePhysics physics = new DevicePhysics(profile, workload, threads);
    return new ProfiledDevice(
        new CostProfile.Origin(
            VersionProvider.version(),
            device.name(),
            profile.hash(),
            model.name(),
            workload.hash(),
            "simulated; threads %d, %s weather, seed %d".formatted(threads, weather.name(), seed),
            budget,
            repeats),
        workload.operators(),
        true,
        // A resumed campaign meets other weather than the one it continues, as on a real device.
        runs -> new SimulatedTarget(physics, weather, seed + runs));
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ReplayException("The table '%s' cannot be read.".formatted(file), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
