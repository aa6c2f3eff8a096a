package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fits the profile of the Jetson TX2 to its measurements.
 *
 * <p>Latency has four parameters for 208 points: effective operations per clock, the share of the
 * DRAM's peak that is reached, how often the data of a convolution passes the DRAM, and what a
 * transformed convolution saves. The engines' precision is not stated; VGG-19 alone is faster than
 * the GPU's single precision without a transform, and single precision with one explains all four
 * networks, so that is assumed. Latency alone cannot tell much traffic at a high share from little
 * at a low one, so the traffic that the memory controller counted under VGG-19 is fitted too.
 *
 * <p>Power is fitted rail by rail in closed form, then carried to the board's input by the line
 * that maps the rails' sum to it.
 */
final class Tx2Fit {

  /** Weight of the traffic beside 208 latencies. */
  private static final double TRAFFIC_WEIGHT = 0.2;

  private static final DataType PRECISION = DataType.FLOAT32;

  private static final double[] START = {500, 0.6, 10, 2};

  private final DeviceDescription profile;
  private final Tx2Measurements measured;
  private final Map<String, Workload> workloads = new LinkedHashMap<>();

  Tx2Fit(DeviceDescription profile, Tx2Measurements measured) {
    this.profile = profile;
    this.measured = measured;
    workloads.put("vgg19", ReferenceNetworks.vgg19(PRECISION).workload());
    workloads.put("resnet", ReferenceNetworks.resnet50(PRECISION).workload());
    workloads.put("tiny-yolov3", ReferenceNetworks.yolov3Tiny(PRECISION).workload());
    workloads.put("inception_v4", ReferenceNetworks.inceptionV4(PRECISION).workload());
  }

  /** Returns the errors of the profile's latencies by network. */
  Map<String, Errors> latencyErrors() {
    return latencyErrors(profile, false);
  }

  /** Returns the same after one factor per network, which shows the error in shape alone. */
  Map<String, Errors> shapeErrors() {
    return latencyErrors(profile, true);
  }

  /** Returns the signed relative errors of one network's latency, by GPU and EMC clock. */
  List<List<Double>> latencyGrid(String name) {
    Workload workload = workloads.getOrDefault(name, ReferenceNetworks.vgg19(PRECISION).workload());
    DevicePhysics physics = new DevicePhysics(profile, workload, 1);
    double[][] truth = truth(name);
    return grid((g, e) -> seconds(physics, physics.grid().setting(g, e)) / truth[g][e] - 1);
  }

  /** Returns the signed relative errors of the power under VGG-19, by GPU and EMC clock. */
  List<List<Double>> powerGrid() {
    DevicePhysics physics = vgg(profile);
    double[][] truth =
        new double[profile.coreDomain().opps().size()][profile.memoryDomain().opps().size()];
    measured.rails().forEach(rails -> truth[rails.gpu()][rails.emc()] = rails.inputWatts());
    return grid((g, e) -> watts(physics, physics.grid().setting(g, e)) / truth[g][e] - 1);
  }

  private List<List<Double>> grid(ClockPairFunction value) {
    List<List<Double>> rows = new ArrayList<>();
    for (int g = 0; g < profile.coreDomain().opps().size(); g++) {
      List<Double> row = new ArrayList<>();
      for (int e = 0; e < profile.memoryDomain().opps().size(); e++) {
        row.add(value.at(g, e));
      }
      rows.add(row);
    }
    return rows;
  }

  /** A value at a GPU and an EMC clock. */
  @FunctionalInterface
  private interface ClockPairFunction {
    double at(int gpu, int emc);
  }

  private Map<String, Errors> latencyErrors(DeviceDescription device, boolean scaled) {
    Map<String, Errors> errors = new LinkedHashMap<>();
    workloads.forEach(
        (name, workload) -> {
          DevicePhysics physics = new DevicePhysics(device, workload, 1);
          double[][] truth = truth(name);
          double scale = scaled ? scale(physics, truth) : 1;
          Errors sum = new Errors();
          for (int g = 0; g < truth.length; g++) {
            for (int e = 0; e < truth[g].length; e++) {
              sum.add(scale * seconds(physics, physics.grid().setting(g, e)), truth[g][e]);
            }
          }
          errors.put(name, sum);
        });
    return errors;
  }

  private static double scale(DevicePhysics physics, double[][] truth) {
    double logs = 0;
    int count = 0;
    for (int g = 0; g < truth.length; g++) {
      for (int e = 0; e < truth[g].length; e++) {
        logs += Math.log(truth[g][e] / seconds(physics, physics.grid().setting(g, e)));
        count++;
      }
    }
    return Math.exp(logs / count);
  }

  private double[][] truth(String name) {
    double[][] seconds = measured.latencySeconds().get(name);
    if (seconds == null) {
      throw new IllegalStateException("The data lack the network %s.".formatted(name));
    }
    return seconds;
  }

  private static double seconds(DevicePhysics physics, int setting) {
    double sum = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      sum += physics.seconds(i, setting);
    }
    return sum;
  }

  private static double traffic(DevicePhysics physics) {
    double sum = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      sum += physics.trafficBytes(i);
    }
    return sum;
  }

  /** Returns the DRAM traffic of one inference of VGG-19 by the controller's counter, bytes. */
  double measuredTrafficBytes() {
    double[][] seconds = truth("vgg19");
    return measured.rails().stream()
        .mapToDouble(rails -> rails.bytesPerSecond() * seconds[rails.gpu()][rails.emc()])
        .average()
        .orElseThrow();
  }

  /** Returns the DRAM traffic of one inference of VGG-19 in the simulation, bytes. */
  double simulatedTrafficBytes() {
    return traffic(vgg(profile));
  }

  private DevicePhysics vgg(DeviceDescription device) {
    return new DevicePhysics(device, ReferenceNetworks.vgg19(PRECISION).workload(), 1);
  }

  /** Returns the errors of the profile's power at the board's input under VGG-19. */
  Errors powerErrors() {
    DevicePhysics physics = vgg(profile);
    Errors errors = new Errors();
    for (Tx2Measurements.Rails rails : measured.rails()) {
      errors.add(
          watts(physics, physics.grid().setting(rails.gpu(), rails.emc())), rails.inputWatts());
    }
    return errors;
  }

  private static double watts(DevicePhysics physics, int setting) {
    double joules = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      joules += physics.watts(i, setting) * physics.seconds(i, setting);
    }
    return joules / seconds(physics, setting);
  }

  private DeviceDescription with(double[] p) {
    DeviceDescription.Cores c = profile.cores();
    DeviceDescription.Memory m = profile.memory();
    return profile.withHardware(
        new DeviceDescription.Cores(
            c.type(),
            c.count(),
            c.defaultThreads(),
            p[0],
            2 * p[0],
            2 * p[0],
            c.vectorBytesPerCycle(),
            p[3]),
        profile.gpu(),
        new DeviceDescription.Memory(
            m.bytesPerClock(),
            Math.min(1, p[1]),
            m.outstandingMisses(),
            m.latencyCoreCycles(),
            m.latencyNanos(),
            m.latencyMemoryCycles(),
            p[2]));
  }

  private double error(double[] p) {
    DeviceDescription device = with(p);
    double sum = 0;
    int count = 0;
    for (Map.Entry<String, Workload> entry : workloads.entrySet()) {
      DevicePhysics physics = new DevicePhysics(device, entry.getValue(), 1);
      double[][] truth = truth(entry.getKey());
      for (int g = 0; g < truth.length; g++) {
        for (int e = 0; e < truth[g].length; e++) {
          double log = Math.log(seconds(physics, physics.grid().setting(g, e)) / truth[g][e]);
          sum += log * log;
          count++;
        }
      }
    }
    double bytes = Math.log(traffic(vgg(device)) / measuredTrafficBytes());
    return sum / count + TRAFFIC_WEIGHT * bytes * bytes;
  }

  /** Fits everything anew and returns the parameters by the profile's field names. */
  Map<String, Object> fit() {
    double[] p = PatternSearch.minimize(START, this::error);
    DeviceDescription device = with(p);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("float32FlopsPerCycle", p[0]);
    result.put("efficiency", p[1]);
    result.put("workspaceFactor", p[2]);
    result.put("winogradFactor", p[3]);
    Line input = inputLine();
    RailFit ddr = railFit(true);
    RailFit soc = railFit(false);
    List<Double> background = new ArrayList<>();
    for (int e = 0; e < ddr.background().size(); e++) {
      background.add(input.slope() * (ddr.background().get(e) + soc.background().get(e)));
    }
    double cpu =
        measured.rails().stream()
            .mapToDouble(Tx2Measurements.Rails::cpuWatts)
            .average()
            .orElseThrow();
    neverFalling(background);
    GpuPower gpu = gpuPower(device);
    result.put("socActiveWatts", input.offset() + input.slope() * cpu);
    result.put("memoryBackgroundWatts", background);
    result.put("dramJoulesPerByte", input.slope() * (ddr.joulesPerByte() + soc.joulesPerByte()));
    result.put("stalledShare", gpu.stalledShare());
    result.put("busyWatts", gpu.busyWatts().stream().map(watts -> watts * input.slope()).toList());
    return result;
  }

  /** Replaces neighbours that fall, by less than the meter's repeatability, by their mean. */
  private static void neverFalling(List<Double> values) {
    for (int k = 1; k < values.size(); k++) {
      if (values.get(k) < values.get(k - 1)) {
        double mean = (values.get(k) + values.get(k - 1)) / 2;
        values.set(k - 1, mean);
        values.set(k, mean);
      }
    }
  }

  private record Line(double slope, double offset) {}

  /** The board's input over the sum of the rails. */
  private Line inputLine() {
    List<Tx2Measurements.Rails> rails = measured.rails();
    double n = rails.size();
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    for (Tx2Measurements.Rails r : rails) {
      double sum = r.gpuWatts() + r.socWatts() + r.cpuWatts() + r.ddrWatts();
      x += sum;
      y += r.inputWatts();
      xx += sum * sum;
      xy += sum * r.inputWatts();
    }
    double slope = (n * xy - x * y) / (n * xx - x * x);
    return new Line(slope, (y - slope * x) / n);
  }

  private record RailFit(List<Double> background, double joulesPerByte) {}

  /** A rail as a background per EMC clock and an energy per byte, by least squares in groups. */
  private RailFit railFit(boolean ddr) {
    int emcs = profile.memoryDomain().opps().size();
    double[] meanWatts = new double[emcs];
    double[] meanBytes = new double[emcs];
    int[] counts = new int[emcs];
    for (Tx2Measurements.Rails r : measured.rails()) {
      meanWatts[r.emc()] += ddr ? r.ddrWatts() : r.socWatts();
      meanBytes[r.emc()] += r.bytesPerSecond();
      counts[r.emc()]++;
    }
    for (int e = 0; e < emcs; e++) {
      meanWatts[e] /= counts[e];
      meanBytes[e] /= counts[e];
    }
    double covariance = 0;
    double variance = 0;
    for (Tx2Measurements.Rails r : measured.rails()) {
      double bytes = r.bytesPerSecond() - meanBytes[r.emc()];
      covariance += bytes * ((ddr ? r.ddrWatts() : r.socWatts()) - meanWatts[r.emc()]);
      variance += bytes * bytes;
    }
    double joulesPerByte = covariance / variance;
    double[] background = new double[emcs];
    for (int e = 0; e < emcs; e++) {
      background[e] = meanWatts[e] - joulesPerByte * meanBytes[e];
    }
    return new RailFit(Arrays.stream(background).boxed().toList(), joulesPerByte);
  }

  private record GpuPower(List<Double> busyWatts, double stalledShare, double error) {}

  /** The GPU's rail as a power per clock times its activity, over possible stalled shares. */
  private GpuPower gpuPower(DeviceDescription device) {
    DevicePhysics physics = vgg(device);
    GpuPower best = new GpuPower(List.of(), 0, Double.POSITIVE_INFINITY);
    for (int percent = 1; percent <= 60; percent++) {
      GpuPower tried = gpuPower(physics, percent / 100.0);
      if (tried.error() < best.error()) {
        best = tried;
      }
    }
    return best;
  }

  private GpuPower gpuPower(DevicePhysics physics, double stalled) {
    int clocks = profile.coreDomain().opps().size();
    double[] top = new double[clocks];
    double[] bottom = new double[clocks];
    for (Tx2Measurements.Rails r : measured.rails()) {
      double use = use(physics, r, stalled);
      top[r.gpu()] += use / r.gpuWatts();
      bottom[r.gpu()] += use * use / (r.gpuWatts() * r.gpuWatts());
    }
    double[] busy = new double[clocks];
    for (int g = 0; g < clocks; g++) {
      busy[g] = top[g] / bottom[g];
    }
    Errors errors = new Errors();
    for (Tx2Measurements.Rails r : measured.rails()) {
      errors.add(busy[r.gpu()] * use(physics, r, stalled), r.gpuWatts());
    }
    return new GpuPower(Arrays.stream(busy).boxed().toList(), stalled, errors.mean());
  }

  /** Returns the mean power of the GPU over an inference as a share of a computing one's. */
  private double use(DevicePhysics physics, Tx2Measurements.Rails rails, double stalled) {
    int setting = physics.grid().setting(rails.gpu(), rails.emc());
    double known = profile.power().stalledShare();
    double busyWatts = profile.busyWatts().get(rails.gpu());
    double sum = 0;
    double seconds = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      double waiting = physics.costs().waitingCores(i, setting);
      double active = physics.coreWatts(i, setting) / busyWatts - known * waiting;
      sum += (active + stalled * waiting) * physics.seconds(i, setting);
      seconds += physics.seconds(i, setting);
    }
    return sum / seconds;
  }

  /**
   * The DDR rail as one line.
   *
   * @param wattsPerGigahertz of EMC clock
   * @param joulesPerByte of traffic
   * @param meanError over the measured points
   * @param worstError over the measured points
   */
  record DramLine(
      double wattsPerGigahertz, double joulesPerByte, double meanError, double worstError) {}

  /**
   * Returns the DDR rail as one line for any clock: watts per gigahertz of EMC clock and joules per
   * byte, with the errors of it. Phones' DRAM power is derived from it.
   */
  DramLine dramLine() {
    double ff = 0;
    double fb = 0;
    double bb = 0;
    double fy = 0;
    double by = 0;
    for (Tx2Measurements.Rails r : measured.rails()) {
      double f = gigahertz(r);
      double b = r.bytesPerSecond();
      ff += f * f;
      fb += f * b;
      bb += b * b;
      fy += f * r.ddrWatts();
      by += b * r.ddrWatts();
    }
    double determinant = ff * bb - fb * fb;
    double perGigahertz = (fy * bb - by * fb) / determinant;
    double perByte = (by * ff - fy * fb) / determinant;
    Errors errors = new Errors();
    for (Tx2Measurements.Rails r : measured.rails()) {
      errors.add(perGigahertz * gigahertz(r) + perByte * r.bytesPerSecond(), r.ddrWatts());
    }
    return new DramLine(perGigahertz, perByte, errors.mean(), errors.worst());
  }

  private double gigahertz(Tx2Measurements.Rails rails) {
    return profile.memoryDomain().opps().frequency(rails.emc()).gigahertz();
  }
}
