package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;

/**
 * A stand-in for {@code msm-adreno-tz}, the GPU governor of Qualcomm phones. <b>No exact
 * re-implementation is possible:</b> the step up or down is decided inside TrustZone firmware,
 * which is closed.
 *
 * <p>What the open driver does is kept: it is asked as kernels retire, does nothing before 5 ms
 * have passed of which 1 ms was busy, and goes to the fastest level when more than 50 ms of work
 * piled up. In between, where the firmware would be asked, one level up or down as {@link
 * SimpleOndemandLaw} (up 90, down 5) points.
 *
 * <p>Source of the frame: Xiaomi's kernel for SM8250, {@code
 * drivers/devfreq/governor_msm_adreno_tz.c} at f4ae8499. The decision in between is our own.
 */
final class AdrenoTzGovernor implements Governor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "msm-adreno-tz",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.GPU,
          "stand-in: the real one decides in closed firmware; here one level at a time by load",
          "frame: kernel_xiaomi_sm8250 drivers/devfreq/governor_msm_adreno_tz.c; decision: our own",
          GovernorInfo.rows(
              "upthreshold",
              "90",
              "load above which the level rises, percent",
              "downdifferential",
              "5",
              "band below it in which the level is kept, percent"));

  private static final long FLOOR_NANOS = 5_000_000;
  private static final long CEILING_NANOS = 50_000_000;
  private static final long LEAST_BUSY_NANOS = 1_000_000;

  private final OppTable opps;
  private final SimpleOndemandLaw law;
  private final Ports ports = new Ports();
  private long sinceNanos;
  private long sinceBusyNanos;

  AdrenoTzGovernor(GovernorSpec spec, Site site) {
    this.opps = site.core();
    this.law = SimpleOndemandLaw.of(spec);
  }

  @Override
  public String name() {
    return "msm-adreno-tz";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    sinceNanos = nowNanos;
    sinceBusyNanos = device.loadMeter().busyNanos();
    ports.requestCore(0);
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    retired(nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    retired(nowNanos);
  }

  private void retired(long nowNanos) {
    long total = nowNanos - sinceNanos;
    long busy = ports.machine().loadMeter().busyNanos() - sinceBusyNanos;
    if (total < FLOOR_NANOS || busy < LEAST_BUSY_NANOS) {
      return;
    }
    sinceNanos = nowNanos;
    sinceBusyNanos += busy;
    int level = ports.requestedCore();
    int fastest = opps.size() - 1;
    if (busy > CEILING_NANOS) {
      ports.requestCore(fastest);
      return;
    }
    int aim =
        opps.ceilHertz(law.nextHertz(busy / 1_000, total / 1_000, opps.frequency(level).hertz()));
    ports.requestCore(level + Integer.signum(aim - level));
  }
}
