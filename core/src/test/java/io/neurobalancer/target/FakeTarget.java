package io.neurobalancer.target;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A small device whose law is known, for tests: of any number of domains, with a clock and a meter
 * as good or bad as a test wants them.
 *
 * <p>Computing and memory traffic overlap by a p-norm; beside it stand an overhead in cycles of the
 * first domain and a constant. Energy is work, which grows with the square of a voltage that
 * follows each core clock, and a background that grows with the memory's clock.
 */
public final class FakeTarget implements Target {

  private final SettingGrid grid;
  private final List<Kernel> kernels;
  private final Workload workload;
  private final List<Integer> visited = new ArrayList<>();
  private Random random = new Random(7);
  private double noise;
  private double heat = 1;
  private double cooledSeconds;
  private IntPredicate measurable = setting -> true;
  private DoubleUnaryOperator meter = joules -> joules;
  private double meterPeriodSeconds;
  private double meterQuantumJoules;
  private List<Integer> segmentStarts;
  private DeviceIdentity.Origin origin = DeviceIdentity.Origin.SIMULATED;

  /**
   * One operator's law.
   *
   * @param name of the operator
   * @param exponent p of the overlap
   * @param overheadCycles of the first domain, beside the overlap
   * @param constantSeconds that no clock changes
   * @param cycles of each domain, overlapping
   */
  public record Kernel(
      String name,
      double exponent,
      double overheadCycles,
      double constantSeconds,
      List<Double> cycles) {

    /** Returns a kernel without overhead. */
    public static Kernel of(String name, double exponent, double... cycles) {
      return new Kernel(
          name, exponent, 0, 0, Arrays.stream(cycles).boxed().collect(Collectors.toList()));
    }
  }

  /** Creates a device with an exact clock and meter. */
  public FakeTarget(SettingGrid grid, List<Kernel> kernels) {
    this.grid = grid;
    this.kernels = List.copyOf(kernels);
    this.workload =
        new Workload(
            "fake",
            "fa4e",
            kernels.stream()
                .map(
                    kernel ->
                        new Operator(
                            kernel.name(),
                            "Fake",
                            OperatorKind.UNKNOWN,
                            0,
                            0,
                            0,
                            0,
                            List.of(),
                            List.of(),
                            List.of(),
                            DataType.FLOAT32))
                .collect(Collectors.toList()));
    this.segmentStarts = IntStream.range(0, kernels.size()).boxed().collect(Collectors.toList());
  }

  /** Returns a core domain of these clocks. */
  public static FrequencyDomain core(String name, long... megahertz) {
    return domain(name, FrequencyDomain.Kind.CORE, megahertz);
  }

  /** Returns a memory domain of these clocks. */
  public static FrequencyDomain memory(String name, long... megahertz) {
    return domain(name, FrequencyDomain.Kind.MEMORY, megahertz);
  }

  private static FrequencyDomain domain(String name, FrequencyDomain.Kind kind, long... megahertz) {
    return new FrequencyDomain(
        name,
        kind,
        OppTable.of(
            LongStream.of(megahertz)
                .mapToObj(Frequency::ofMegahertz)
                .collect(Collectors.toList())));
  }

  /** Returns a device of two domains with five OPPs each and three operators. */
  public static FakeTarget small() {
    return new FakeTarget(
        new SettingGrid(
            List.of(
                core("cpu", 700, 1_000, 1_400, 1_800, 2_400),
                memory("memory", 200, 500, 800, 1_300, 1_800))),
        List.of(
            new Kernel("conv", 2.5, 2e5, 1e-5, List.of(30e6, 1e6)),
            new Kernel("copy", 2.5, 2e5, 1e-5, List.of(2e6, 4e6)),
            new Kernel("dense", 2.5, 2e5, 1e-5, List.of(8e6, 5e6))));
  }

  /** Lets clock and meter err by that share of what they read, one standard deviation. */
  public FakeTarget noise(double share, long seed) {
    noise = share;
    random = new Random(seed);
    return this;
  }

  /** Lets only some settings be measured. */
  public FakeTarget measurableOnly(IntPredicate which) {
    measurable = which;
    return this;
  }

  /** Puts something between the energy of one operator and what is read of it. */
  public FakeTarget meter(DoubleUnaryOperator reading) {
    meter = reading;
    return this;
  }

  /** Takes the meter of single operators away; one is left that counts whole quanta, slowly. */
  public FakeTarget slowMeter(double periodSeconds, double quantumJoules) {
    meterPeriodSeconds = periodSeconds;
    meterQuantumJoules = quantumJoules;
    return this;
  }

  /** Lets the workload be interrupted only before these operators. */
  public FakeTarget segments(Integer... starts) {
    segmentStarts = List.of(starts);
    return this;
  }

  /** Calls the device simulated, replayed or real. */
  public FakeTarget origin(DeviceIdentity.Origin kind) {
    origin = kind;
    return this;
  }

  /** Makes everything take that many times as long until the device has cooled down. */
  public void heat(double factor) {
    heat = factor;
  }

  /** Returns the settings that were measured, in order, repeated ones too. */
  public List<Integer> visited() {
    return Collections.unmodifiableList(visited);
  }

  /** Returns for how long the device was left to cool down, seconds. */
  public double cooledSeconds() {
    return cooledSeconds;
  }

  /** Returns what runs on it. */
  public Workload workload() {
    return workload;
  }

  /** Returns the true latency of an operator, seconds. */
  public double seconds(int operator, int setting) {
    Kernel kernel = kernels.get(operator);
    double sum = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      sum +=
          Math.pow(kernel.cycles().get(d) / grid.frequency(setting, d).hertz(), kernel.exponent());
    }
    return Math.pow(sum, 1 / kernel.exponent())
        + kernel.overheadCycles() / grid.frequency(setting, 0).hertz()
        + kernel.constantSeconds();
  }

  /** Returns the true energy of the device while an operator runs, joules. */
  public double joules(int operator, int setting) {
    double background = 0.3;
    double work = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      double gigahertz = grid.frequency(setting, d).gigahertz();
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.CORE) {
        double volts = 0.6 + 0.4 * gigahertz / grid.domains().get(d).opps().max().gigahertz();
        work += kernels.get(operator).cycles().get(d) * volts * volts * 2e-10;
      } else {
        background += 0.1 * gigahertz;
      }
    }
    return work + background * seconds(operator, setting);
  }

  @Override
  public DeviceIdentity identity() {
    return new DeviceIdentity("fake", "A device for tests", "fa4e", origin);
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public List<Stream> streams() {
    return List.of(new Stream(workload, segmentStarts));
  }

  @Override
  public boolean measurable(int setting) {
    return measurable.test(setting);
  }

  @Override
  public Samples.Run measure(int stream, int setting) {
    visited.add(setting);
    double[] seconds = new double[kernels.size()];
    double[] joules = new double[seconds.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = seconds(i, setting) * heat * (1 + noise * random.nextGaussian());
      joules[i] =
          meterPeriodSeconds > 0
              ? Double.NaN
              : meter.applyAsDouble(joules(i, setting) * (1 + noise * random.nextGaussian()));
    }
    return new Samples.Run(setting, seconds, joules);
  }

  @Override
  public double meterPeriodSeconds() {
    return meterPeriodSeconds;
  }

  @Override
  public double blockJoules(
      int stream, int setting, int firstOperator, int lastOperator, int repeats) {
    double once = 0;
    for (int i = firstOperator; i <= lastOperator; i++) {
      once += joules(i, setting);
    }
    double read = once * repeats * (1 + noise * random.nextGaussian());
    double whole = meterQuantumJoules > 0 ? Math.floor(read / meterQuantumJoules) : read;
    return whole * (meterQuantumJoules > 0 ? meterQuantumJoules : 1) / repeats;
  }

  @Override
  public void coolDown(double seconds) {
    cooledSeconds += seconds;
    heat = 1;
  }

  @Override
  public Calibration calibrate() {
    return new Calibration(
        new SwitchCosts(Collections.nCopies(grid.dimensions(), SwitchCost.symmetric(5e-5, 2e-5))),
        Collections.nCopies(grid.dimensions(), 0.0),
        List.of(new IdleState("idle", 1e-5, 2e-5, 1e-4)),
        List.of(
            IntStream.range(0, grid.size())
                .mapToObj(x -> 0.05 + 0.01 * x / grid.size())
                .collect(Collectors.toList())),
        Map.of("idle", "known"));
  }

  @Override
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    throw new UnsupportedOperationException("This target is for profiling only.");
  }

  @Override
  public void close() {}
}
