package io.neurobalancer.simulator.physics;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.HostClock;
import io.neurobalancer.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The truth about one workload on one simulated device in still weather, tabulated over operators
 * and settings.
 *
 * <p>Latency: core cycles and DRAM traffic overlap by a p-norm whose exponent depends on the kind
 * of kernel; overhead overlaps nothing. The bandwidth that a kernel sees is the lesser of the bus's
 * and of what its outstanding misses fetch within a miss's latency, which itself follows both
 * clocks. What computes, and how well its tiles and waves fit, {@link CpuCosts} and {@link
 * GpuCosts} know.
 *
 * <p>Power: the published power of a busy core at each OPP, scaled by the kernel's activity while
 * it computes and down to a share of it while it waits, core by core; what the cores share and the
 * SoC's background; the DRAM's background by clock and its energy by byte; and where the clock of a
 * GPU's host can be set, the host's power while it submits and while it waits.
 */
public final class DevicePhysics {

  private static final double CYCLES_PER_INSTRUCTION = 0.45;

  private final DeviceDescription profile;
  private final Workload workload;
  private final SettingGrid grid;
  private final int threads;
  private final OperatorDemand[] demands;
  private final double[] instructions;
  private final double[] backgroundWatts;
  private final double[] busyWatts;
  private final double[] stallWatts;
  private final double[] idleWatts;
  private final double[] hostStretch;
  private final double[] hostWatts;
  private final OperatorCosts alone;
  private Weather.@Nullable Crowd lastCrowd;
  private @Nullable OperatorCosts lastCrowded;

  /**
   * Tabulates.
   *
   * @param threads how many cores the inference uses
   */
  public DevicePhysics(DeviceDescription profile, Workload workload, int threads) {
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
    int n = workload.size();
    int m = grid.size();
    demands = new OperatorDemand[n];
    instructions = new double[n];
    for (int i = 0; i < n; i++) {
      demands[i] = OperatorDemand.of(profile, workload, i, threads);
      instructions[i] = demands[i].busyCoreCycles() / threads / CYCLES_PER_INSTRUCTION;
    }
    backgroundWatts = new double[m];
    busyWatts = new double[m];
    stallWatts = new double[m];
    List<DeviceDescription.Rest> rests = profile.rests();
    idleWatts = new double[rests.size() * m];
    hostStretch = new double[m];
    hostWatts = new double[m];
    Optional<HostClock> host = profile.host();
    double hostWaiting = host.isPresent() ? host.get().waitingShare() : 0;
    DeviceDescription.Power power = profile.power();
    for (int x = 0; x < m; x++) {
      int core = profile.oppOfCore(x);
      double dram = profile.memoryBackgroundWatts().get(profile.oppOfMemory(x));
      busyWatts[x] = profile.busyWatts().get(core);
      backgroundWatts[x] = power.socActiveWatts() + profile.clusterWatts().get(core) + dram;
      hostStretch[x] = 1;
      if (host.isPresent()) {
        FrequencyDomain clock = host.get().domain();
        int opp = profile.oppOfHost(x);
        hostWatts[x] = host.get().busyWatts().get(opp);
        hostStretch[x] = (double) clock.opps().max().hertz() / clock.opps().frequency(opp).hertz();
      }
      stallWatts[x] =
          backgroundWatts[x]
              + threads * power.stalledShare() * busyWatts[x]
              + hostWaiting * hostWatts[x];
      for (int s = 0; s < rests.size(); s++) {
        // A state that keeps its leakage burns no more than a stalled core does.
        double kept = Math.min(power.leakageShare(), power.stalledShare());
        idleWatts[s * m + x] =
            power.socIdleWatts()
                + power.dramIdleShare() * dram
                + rests.get(s).leakageKept() * kept * threads * busyWatts[x];
      }
    }
    alone = new OperatorCosts(this, demands, Weather.Crowd.NONE);
  }

  double busyWatts(int setting) {
    return busyWatts[setting];
  }

  double backgroundWatts(int setting) {
    return backgroundWatts[setting];
  }

  /** Returns the clock of the cores at a setting, hertz. */
  double coreHertz(int setting) {
    return profile.coreDomain().opps().frequency(profile.oppOfCore(setting)).hertz();
  }

  /** Returns the clock of the memory at a setting, hertz. */
  double memoryHertz(int setting) {
    return profile.memoryDomain().opps().frequency(profile.oppOfMemory(setting)).hertz();
  }

  /** Returns by what factor the host takes longer to submit a kernel than at its fastest clock. */
  double hostStretch(int setting) {
    return hostStretch[setting];
  }

  /** Returns the power of a GPU's host while it submits, where its clock can be set, watts. */
  double hostWatts(int setting) {
    return hostWatts[setting];
  }

  /** Returns the device. */
  public DeviceDescription profile() {
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

  /** Returns what operators take and burn alone on the device. */
  public OperatorCosts costs() {
    return alone;
  }

  /** Returns what operators take and burn beside a co-running load. */
  public synchronized OperatorCosts costs(Weather.Crowd crowd) {
    if (crowd.equals(Weather.Crowd.NONE)) {
      return alone;
    }
    OperatorCosts known = lastCrowded;
    if (known != null && crowd.equals(lastCrowd)) {
      return known;
    }
    OperatorCosts costs = new OperatorCosts(this, demands, crowd);
    lastCrowd = crowd;
    lastCrowded = costs;
    return costs;
  }

  /** Returns {@link OperatorCosts#seconds} alone on the device. */
  public double seconds(int operator, int setting) {
    return alone.seconds(operator, setting);
  }

  /** Returns {@link OperatorCosts#watts} alone on the device. */
  public double watts(int operator, int setting) {
    return alone.watts(operator, setting);
  }

  /** Returns {@link OperatorCosts#coreWatts} alone on the device. */
  public double coreWatts(int operator, int setting) {
    return alone.coreWatts(operator, setting);
  }

  /** Returns {@link OperatorCosts#stalledShare} alone on the device. */
  public double stalledShare(int operator, int setting) {
    return alone.stalledShare(operator, setting);
  }

  /** Returns the DRAM traffic of an operator, bytes. */
  public double trafficBytes(int operator) {
    return demands[operator].trafficBytes();
  }

  /** Returns the instructions that one core retires for an operator. */
  public double instructions(int operator) {
    return instructions[operator];
  }

  /** Returns the power of the device in a long gap between jobs at a setting, watts. */
  public double idleWatts(int setting) {
    return idleWatts(profile.rests().size() - 1, setting);
  }

  /** Returns the power of the device in an idle state with its clocks at a setting, watts. */
  public double idleWatts(int state, int setting) {
    return idleWatts[state * grid.size() + setting];
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
        IntStream.range(0, grid.dimensions()).mapToObj(d -> cost(profile.transition(d))).toList());
  }

  private SwitchCost cost(DeviceDescription.Transition transition) {
    // The middle setting stands for all: a stall is so short that its own power hardly matters.
    double stalled = transition.stallSeconds() * stallWatts[grid.size() / 2];
    return SwitchCost.symmetric(transition.stallSeconds(), transition.joules() + stalled);
  }
}
