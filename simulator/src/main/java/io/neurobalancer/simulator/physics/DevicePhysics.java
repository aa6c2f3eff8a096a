package io.neurobalancer.simulator.physics;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * The truth about one workload on one simulated device in still weather, tabulated over operators
 * and settings.
 *
 * <p>Latency: core cycles and DRAM traffic overlap by a p-norm whose exponent depends on the kind
 * of kernel; overhead overlaps nothing. The bandwidth that a kernel sees is the lesser of the bus's
 * and of what its outstanding misses fetch within a miss's latency, which itself follows both
 * clocks.
 *
 * <p>Power: the published power of a busy core at each OPP, scaled by the kernel's activity while
 * it computes and down to a share of it while it waits; cluster and SoC background; the DRAM's
 * background by clock and its energy by byte.
 */
public final class DevicePhysics {

  private static final double LINE_BYTES = 64;
  private static final double CYCLES_PER_INSTRUCTION = 0.45;

  private final DeviceProfile profile;
  private final Workload workload;
  private final SettingGrid grid;
  private final int threads;
  private final int settings;
  private final double[] seconds;
  private final double[] watts;
  private final double[] coreWatts;
  private final double[] stalledShare;
  private final double[] trafficBytes;
  private final double[] instructions;
  private final double[] idleWatts;
  private final double[] stallWatts;

  /**
   * Tabulates.
   *
   * @param threads how many cores the inference uses
   */
  public DevicePhysics(DeviceProfile profile, Workload workload, int threads) {
    if (threads < 1 || threads > profile.cores().count()) {
      throw new IllegalArgumentException(
          "The device %s has %d cores, so %d threads cannot run on it.%nMaybe use 1 to %d."
              .formatted(
                  profile.name(), profile.cores().count(), threads, profile.cores().count()));
    }
    this.profile = profile;
    this.workload = workload;
    this.threads = threads;
    this.grid = profile.grid();
    this.settings = grid.size();
    int n = workload.size();
    seconds = new double[n * settings];
    watts = new double[n * settings];
    coreWatts = new double[n * settings];
    stalledShare = new double[n * settings];
    trafficBytes = new double[n];
    instructions = new double[n];
    idleWatts = new double[settings];
    stallWatts = new double[settings];
    for (int x = 0; x < settings; x++) {
      tabulateSetting(x);
    }
    for (int i = 0; i < n; i++) {
      tabulateOperator(i);
    }
  }

  private void tabulateSetting(int x) {
    DeviceProfile.Power power = profile.power();
    double dram = dramBackground(x);
    idleWatts[x] = power.socIdleWatts() + power.dramIdleShare() * dram;
    stallWatts[x] = background(x) + dram + threads * power.stalledShare() * busyWatts(x);
  }

  private void tabulateOperator(int i) {
    Operator operator = workload.operators().get(i);
    KernelCharacter character = KernelCharacter.of(operator.kind());
    OperatorDemand demand = OperatorDemand.of(profile, workload, i, threads);
    DeviceProfile.Memory memory = profile.memory();
    trafficBytes[i] = demand.trafficBytes();
    instructions[i] = (demand.computeCycles() + demand.overheadCycles()) / CYCLES_PER_INSTRUCTION;
    for (int x = 0; x < settings; x++) {
      double fc = grid.frequency(x, DeviceProfile.CORE).hertz();
      double fm = grid.frequency(x, DeviceProfile.MEMORY).hertz();
      double missSeconds =
          memory.latencyCoreCycles() / fc
              + memory.latencyNanos() * 1e-9
              + memory.latencyMemoryCycles() / fm;
      double fetched =
          threads
              * memory.outstandingMisses()
              * character.missParallelism()
              * LINE_BYTES
              / missSeconds;
      double bandwidth = Math.min(memory.bytesPerClock() * memory.efficiency() * fm, fetched);
      double computing = demand.computeCycles() / fc;
      double moving = demand.trafficBytes() / bandwidth;
      double overhead = demand.overheadCycles() / fc;
      double p = character.overlap();
      double total = Math.pow(Math.pow(computing, p) + Math.pow(moving, p), 1 / p) + overhead;
      double busy = (computing + overhead) / total;
      double core =
          threads
              * busyWatts(x)
              * (character.activity() * busy + profile.power().stalledShare() * (1 - busy));
      double dram =
          dramBackground(x) + profile.power().dramJoulesPerByte() * demand.trafficBytes() / total;
      int j = i * settings + x;
      seconds[j] = total;
      stalledShare[j] = 1 - busy;
      coreWatts[j] = core;
      watts[j] = core + background(x) + dram;
    }
  }

  private double background(int setting) {
    return profile.clusterWatts().get(grid.oppIndex(setting, DeviceProfile.CORE))
        + profile.power().socActiveWatts();
  }

  private double dramBackground(int setting) {
    return profile.memoryBackgroundWatts().get(grid.oppIndex(setting, DeviceProfile.MEMORY));
  }

  private double busyWatts(int setting) {
    return profile.busyWatts().get(grid.oppIndex(setting, DeviceProfile.CORE));
  }

  /** Returns the device. */
  public DeviceProfile profile() {
    return profile;
  }

  /** Returns the workload. */
  public Workload workload() {
    return workload;
  }

  /** Returns the settings. */
  public SettingGrid grid() {
    return grid;
  }

  /** Returns how many cores the inference uses. */
  public int threads() {
    return threads;
  }

  /** Returns the latency of an operator at a setting in still weather, seconds. */
  public double seconds(int operator, int setting) {
    return seconds[operator * settings + setting];
  }

  /**
   * Returns the power of the device while an operator runs at a setting, at 40 degrees Celsius,
   * watts.
   */
  public double watts(int operator, int setting) {
    return watts[operator * settings + setting];
  }

  /** Returns the part of {@link #watts} that the cores burn. */
  public double coreWatts(int operator, int setting) {
    return coreWatts[operator * settings + setting];
  }

  /** Returns the share of its time in which an operator waits for memory. */
  public double stalledShare(int operator, int setting) {
    return stalledShare[operator * settings + setting];
  }

  /** Returns the DRAM traffic of an operator, bytes. */
  public double trafficBytes(int operator) {
    return trafficBytes[operator];
  }

  /** Returns the instructions that one core retires for an operator. */
  public double instructions(int operator) {
    return instructions[operator];
  }

  /** Returns the power of the device between jobs with its clocks at a setting, watts. */
  public double idleWatts(int setting) {
    return idleWatts[setting];
  }

  /** Returns the power of the device while the cores stand still within a job, watts. */
  public double stallWatts(int setting) {
    return stallWatts[setting];
  }

  /** Returns by what factor {@link #coreWatts} grows at a die temperature. */
  public double leakageFactor(double celsius) {
    return 1 + profile.power().leakageShare() * profile.power().leakagePerKelvin() * (celsius - 40);
  }

  /**
   * Returns what a switch costs while a job runs: the stall, and the energy of the switch with it.
   */
  public SwitchCosts switchCosts() {
    return new SwitchCosts(
        List.of(cost(profile.coreTransition()), cost(profile.memoryTransition())));
  }

  private SwitchCost cost(DeviceProfile.Transition transition) {
    // The middle setting stands for all: a stall is so short that its own power hardly matters.
    double stalled = transition.stallSeconds() * stallWatts[settings / 2];
    return SwitchCost.symmetric(transition.stallSeconds(), transition.joules() + stalled);
  }
}
