package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.engine.DeviceModel;

/**
 * What every operator takes and burns at every setting, alone on the device or beside another load.
 *
 * <p>A co-running load takes a share of the bandwidth and delays the misses that it queues before,
 * and takes a share of the cores' time. What it burns itself is not counted: that is not the
 * inference's energy, and no governor of ours can save it.
 */
public final class OperatorCosts implements DeviceModel.OperatorModel {

  private static final double LINE_BYTES = 64;

  private final int settings;
  private final double[] seconds;
  private final double[] watts;
  private final double[] coreWatts;
  private final double[] stalledShare;
  private final double[] waitingCores;
  private final double[] foreignBytesPerSecond;

  OperatorCosts(DevicePhysics physics, OperatorDemand[] demands, Weather.Crowd crowd) {
    DeviceDescription profile = physics.profile();
    settings = physics.grid().size();
    seconds = new double[demands.length * settings];
    watts = new double[seconds.length];
    coreWatts = new double[seconds.length];
    stalledShare = new double[seconds.length];
    waitingCores = new double[seconds.length];
    foreignBytesPerSecond = new double[settings];
    for (int x = 0; x < settings; x++) {
      double fc = physics.coreHertz(x);
      double fm = physics.memoryHertz(x);
      DeviceDescription.Memory memory = profile.memory();
      double bus = memory.bytesPerClock() * memory.efficiency() * fm;
      foreignBytesPerSecond[x] = crowd.bandwidthShare() * bus;
      double missSeconds =
          (1 + crowd.bandwidthShare())
              * (memory.latencyCoreCycles() / fc
                  + memory.latencyNanos() * 1e-9
                  + memory.latencyMemoryCycles() / fm);
      double fetchedPerParallelism =
          physics.threads() * memory.outstandingMisses() * LINE_BYTES / missSeconds;
      for (int i = 0; i < demands.length; i++) {
        OperatorDemand demand = demands[i];
        double bandwidth =
            Math.min(
                bus * (1 - crowd.bandwidthShare()),
                fetchedPerParallelism * demand.character().missParallelism());
        fill(physics, demand, crowd.coreShare(), i, x, fc, bandwidth);
      }
    }
  }

  private void fill(
      DevicePhysics physics,
      OperatorDemand demand,
      double coreShare,
      int i,
      int x,
      double fc,
      double bandwidth) {
    double stretch = 1 / (1 - coreShare);
    double computing = demand.computeCycles() / fc;
    double overhead = demand.overheadCycles() / fc;
    double moving = demand.trafficBytes() / bandwidth;
    double p = demand.character().overlap();
    double body =
        StrictMath.pow(StrictMath.pow(computing * stretch, p) + StrictMath.pow(moving, p), 1 / p)
            + overhead * stretch;
    double launch = demand.launchSeconds() * physics.hostStretch(x);
    double total = Math.max(body, launch);
    double busyCores = demand.busyCoreCycles() / fc / total;
    double foreignCores = busyCores * (stretch - 1);
    DeviceDescription.Power power = physics.profile().power();
    double waiting = Math.max(0, physics.threads() - busyCores - foreignCores);
    double core =
        physics.busyWatts(x)
            * (demand.character().activity() * busyCores + power.stalledShare() * waiting);
    int j = i * settings + x;
    seconds[j] = total;
    stalledShare[j] = Math.max(0, 1 - (computing + overhead) * stretch / total);
    coreWatts[j] = core;
    waitingCores[j] = waiting;
    watts[j] =
        core
            + physics.backgroundWatts(x)
            + power.dramJoulesPerByte() * demand.trafficBytes() / total
            + hostWatts(physics, x, launch / total);
  }

  private static double hostWatts(DevicePhysics physics, int setting, double submitting) {
    return physics
        .profile()
        .host()
        .map(
            host ->
                physics.hostWatts(setting) * (submitting + host.waitingShare() * (1 - submitting)))
        .orElse(0.0);
  }

  /** Returns the latency of an operator at a setting in still weather, seconds. */
  @Override
  public double seconds(int operator, int setting) {
    return seconds[operator * settings + setting];
  }

  /**
   * Returns the power of the device while an operator runs at a setting, at 40 degrees Celsius,
   * watts.
   */
  @Override
  public double watts(int operator, int setting) {
    return watts[operator * settings + setting];
  }

  /** Returns the part of {@link #watts} that the cores burn. */
  @Override
  public double coreWatts(int operator, int setting) {
    return coreWatts[operator * settings + setting];
  }

  /** Returns the share of its time in which an operator waits for memory or for its host. */
  @Override
  public double stalledShare(int operator, int setting) {
    return stalledShare[operator * settings + setting];
  }

  /** Returns how many of the inference's cores wait, in the mean over an operator. */
  public double waitingCores(int operator, int setting) {
    return waitingCores[operator * settings + setting];
  }

  /** Returns what a co-running load moves to and from DRAM meanwhile, bytes per second. */
  @Override
  public double foreignBytesPerSecond(int setting) {
    return foreignBytesPerSecond[setting];
  }
}
