package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.workload.DataType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fits the profile of one processor of an RK3399 to measured layers.
 *
 * <p>Latency: effective operations per clock, what a transformed convolution saves, for a CPU the
 * line fills in flight, and for the GPU the clocks between kernels; the DRAM is at its fastest
 * clock. Power of the board: a base, a power per clock of a computing core, and the share that a
 * waiting one burns.
 */
final class Rk3399Fit {

  private static final double[] CPU_START = {6, 1.5, 6};
  private static final double[] GPU_START = {60, 1.5, 20_000};
  private static final int ROUNDS = 400;

  private final DeviceDescription profile;
  private final List<Rk3399Measurements.Layer> layers;
  private final Map<String, Network> networks = new LinkedHashMap<>();
  private final int threads;

  Rk3399Fit(DeviceDescription profile, Rk3399Measurements measured) {
    this.profile = profile;
    this.layers = measured.layers();
    this.threads = profile.cores().count();
    for (Network network :
        List.of(
            ReferenceNetworks.alexNet(DataType.FLOAT32),
            ReferenceNetworks.googleNet(DataType.FLOAT32),
            ReferenceNetworks.mobileNetV1(DataType.FLOAT32),
            ReferenceNetworks.resnet50(DataType.FLOAT32),
            ReferenceNetworks.squeezeNet(DataType.FLOAT32))) {
      String name = network.workload().name();
      networks.put(name.equals("resnet50") ? "res50" : name, network);
    }
  }

  /** What the simulation says of one network: by group and clock, sums over its operators. */
  private final class Simulated {
    private final DevicePhysics physics;
    private final Network network;

    Simulated(DeviceDescription device, Network network) {
      this.network = network;
      this.physics = new DevicePhysics(device, network.workload(), threads);
    }

    private int setting(int opp) {
      return physics.grid().setting(opp, profile.memoryDomain().opps().size() - 1);
    }

    double seconds(Rk3399Measurements.Layer layer) {
      double sum = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        if (network.group(i) == layer.group()) {
          sum += physics.seconds(i, setting(layer.opp()));
        }
      }
      return sum;
    }

    double joules(Rk3399Measurements.Layer layer) {
      double sum = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        if (network.group(i) == layer.group()) {
          sum += physics.seconds(i, setting(layer.opp())) * physics.watts(i, setting(layer.opp()));
        }
      }
      return sum;
    }

    /** Returns core-seconds that compute, weighted by activity, and core-seconds that wait. */
    double[] coreSeconds(Rk3399Measurements.Layer layer, double stalled, double busyWatts) {
      double active = 0;
      double waiting = 0;
      int setting = setting(layer.opp());
      for (int i = 0; i < physics.workload().size(); i++) {
        if (network.group(i) == layer.group()) {
          double seconds = physics.seconds(i, setting);
          double idle = physics.costs().waitingCores(i, setting) * seconds;
          active += physics.coreWatts(i, setting) / busyWatts * seconds - stalled * idle;
          waiting += idle;
        }
      }
      return new double[] {active, waiting};
    }

    double trafficBytes(Rk3399Measurements.Layer layer) {
      double sum = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        sum += network.group(i) == layer.group() ? physics.trafficBytes(i) : 0;
      }
      return sum;
    }
  }

  private Map<String, Simulated> simulate(DeviceDescription device) {
    Map<String, Simulated> all = new LinkedHashMap<>();
    networks.forEach((name, network) -> all.put(name, new Simulated(device, network)));
    return all;
  }

  private static Simulated of(Map<String, Simulated> all, Rk3399Measurements.Layer layer) {
    @Nullable Simulated simulated = all.get(layer.network());
    if (simulated == null) {
      throw new IllegalStateException("No network '%s' is known.".formatted(layer.network()));
    }
    return simulated;
  }

  /** Returns the errors of the profile's layer times by network, and under "all" of all. */
  Map<String, Errors> latencyErrors() {
    Map<String, Errors> errors = new LinkedHashMap<>();
    networks.keySet().forEach(name -> errors.put(name, new Errors()));
    Errors all = new Errors();
    Map<String, Simulated> simulated = simulate(profile);
    for (Rk3399Measurements.Layer layer : layers) {
      double seconds = of(simulated, layer).seconds(layer);
      errors.computeIfAbsent(layer.network(), name -> new Errors()).add(seconds, layer.seconds());
      all.add(seconds, layer.seconds());
    }
    errors.put("all", all);
    return errors;
  }

  /** Returns the errors of whole networks at each clock. */
  Errors networkErrors() {
    Map<String, double[]> sums = new LinkedHashMap<>();
    Map<String, Simulated> simulated = simulate(profile);
    for (Rk3399Measurements.Layer layer : layers) {
      double[] sum =
          sums.computeIfAbsent(layer.network() + "@" + layer.opp(), key -> new double[2]);
      sum[0] += of(simulated, layer).seconds(layer);
      sum[1] += layer.seconds();
    }
    Errors errors = new Errors();
    sums.values().forEach(sum -> errors.add(sum[0], sum[1]));
    return errors;
  }

  /** Returns the errors of the profile's power of the board, layer by layer. */
  Errors powerErrors() {
    Errors errors = new Errors();
    Map<String, Simulated> simulated = simulate(profile);
    for (Rk3399Measurements.Layer layer : layers) {
      Simulated network = of(simulated, layer);
      errors.add(network.joules(layer) / network.seconds(layer), layer.watts());
    }
    return errors;
  }

  private DeviceDescription with(double[] p) {
    DeviceDescription.Cores c = profile.cores();
    DeviceDescription.Memory m = profile.memory();
    double half = c.float16FlopsPerCycle() / c.float32FlopsPerCycle();
    double eight = c.int8OpsPerCycle() / c.float32FlopsPerCycle();
    return profile.withHardware(
        new DeviceDescription.Cores(
            c.type(),
            c.count(),
            c.defaultThreads(),
            p[0],
            half * p[0],
            eight * p[0],
            c.vectorBytesPerCycle(),
            p[1]),
        profile
            .gpu()
            .map(
                g ->
                    new DeviceDescription.Gpu(
                        g.shaderCores(), g.residentWorkgroups(), g.launchSeconds(), p[2])),
        new DeviceDescription.Memory(
            m.bytesPerClock(),
            m.efficiency(),
            profile.gpu().isPresent() ? m.outstandingMisses() : p[2],
            m.latencyCoreCycles(),
            m.latencyNanos(),
            m.latencyMemoryCycles(),
            m.workspaceFactor()));
  }

  private double error(double[] p) {
    Map<String, Simulated> simulated = simulate(with(p));
    double sum = 0;
    for (Rk3399Measurements.Layer layer : layers) {
      // The logarithm's absolute value lets a few layers that the model misses be missed.
      sum += Math.abs(Math.log(of(simulated, layer).seconds(layer) / layer.seconds()));
    }
    return sum / layers.size();
  }

  /** Fits everything anew and returns the parameters by the profile's field names. */
  Map<String, Object> fit() {
    boolean gpu = profile.gpu().isPresent();
    double[] p = PatternSearch.minimize(gpu ? GPU_START : CPU_START, this::error);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("float32FlopsPerCycle", p[0]);
    result.put("winogradFactor", p[1]);
    if (gpu) {
      result.put("gapCycles", p[2]);
    } else {
      result.put("outstandingMisses", p[2]);
    }
    BoardPower power = boardPower(with(p));
    double dram = profile.memoryBackgroundWatts().get(profile.memoryBackgroundWatts().size() - 1);
    result.put("socActiveWatts", power.base() - dram);
    result.put("stalledShare", power.stalledShare());
    result.put("busyWatts", power.busyWatts());
    return result;
  }

  private record BoardPower(
      double base, List<Double> busyWatts, double stalledShare, double error) {}

  private BoardPower boardPower(DeviceDescription device) {
    BoardPower best = new BoardPower(0, List.of(), 0, Double.POSITIVE_INFINITY);
    for (int percent = 5; percent <= 95; percent += 5) {
      BoardPower tried = boardPower(device, percent / 100.0);
      if (tried.error() < best.error()) {
        best = tried;
      }
    }
    return best;
  }

  /** Alternates between the base and the power per clock until both have settled. */
  private BoardPower boardPower(DeviceDescription device, double stalled) {
    Map<String, Simulated> simulated = simulate(device);
    int n = layers.size();
    double[] use = new double[n];
    double[] rest = new double[n];
    for (int k = 0; k < n; k++) {
      Rk3399Measurements.Layer layer = layers.get(k);
      Simulated network = of(simulated, layer);
      double seconds = network.seconds(layer);
      double[] cores =
          network.coreSeconds(
              layer, profile.power().stalledShare(), profile.busyWatts().get(layer.opp()));
      use[k] = (cores[0] + stalled * cores[1]) / seconds;
      rest[k] =
          layer.watts()
              - profile.power().dramJoulesPerByte() * network.trafficBytes(layer) / seconds;
    }
    double[] busy = new double[profile.coreDomain().opps().size()];
    double base = Arrays.stream(rest).min().orElse(0);
    for (int round = 0; round < ROUNDS; round++) {
      double[] top = new double[busy.length];
      double[] bottom = new double[busy.length];
      for (int k = 0; k < n; k++) {
        int opp = layers.get(k).opp();
        top[opp] += use[k] * (rest[k] - base);
        bottom[opp] += use[k] * use[k];
      }
      for (int f = 0; f < busy.length; f++) {
        busy[f] = bottom[f] > 0 ? Math.max(1e-3, top[f] / bottom[f]) : 0;
      }
      double sum = 0;
      for (int k = 0; k < n; k++) {
        sum += rest[k] - busy[layers.get(k).opp()] * use[k];
      }
      base = sum / n;
    }
    Errors errors = new Errors();
    for (int k = 0; k < n; k++) {
      double watts = layers.get(k).watts();
      errors.add(base + busy[layers.get(k).opp()] * use[k] + watts - rest[k], watts);
    }
    return new BoardPower(base, Arrays.stream(busy).boxed().toList(), stalled, errors.mean());
  }

  /** Returns the profile of an RK3399 processor's measurements, if the data are there. */
  static Optional<Rk3399Fit> of(
      java.nio.file.Path data, DeviceDescription profile, String component) {
    return Rk3399Measurements.read(data, profile, component)
        .map(measured -> new Rk3399Fit(profile, measured));
  }
}
