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
 * <p>What the open driver does is kept: it is asked as kernels retire (and polled within long ones,
 * where a device sets {@code polling_ms}), does nothing before 5 ms have passed of which 1 ms was
 * busy, and goes to the fastest level when more than 50 ms of work piled up. In between, where the
 * firmware would be asked, one level up or down as {@link SimpleOndemandLaw} (up 90, down 5)
 * points.
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
              "upthreshold | 90 | load above which the level rises, percent",
              "downdifferential | 5 | band below it in which the level is kept, percent",
              "floor_us | 5000 | least time between decisions",
              "min_busy_us | 1000 | least work between decisions",
              "ceiling_us | 50000 | work that asks for the fastest level at once",
              "polling_ms | 0 | asks within long kernels, too; 0 is off"));

  private final OppTable opps;
  private final SimpleOndemandLaw law;
  private final long floorNanos;
  private final long ceilingNanos;
  private final long leastBusyNanos;
  private final long pollingNanos;
  private final Ports ports = new Ports();
  private long nextPoll = NEVER;
  private long sinceNanos;
  private long sinceBusyNanos;

  AdrenoTzGovernor(GovernorSpec spec, Site site) {
    this.opps = site.core();
    this.law = SimpleOndemandLaw.of(spec);
    this.floorNanos = spec.number("floor_us", 5_000, 0, 1_000_000) * 1_000;
    this.ceilingNanos = spec.number("ceiling_us", 50_000, 0, 1_000_000) * 1_000;
    this.leastBusyNanos = spec.number("min_busy_us", 1_000, 0, 1_000_000) * 1_000;
    this.pollingNanos = spec.number("polling_ms", 0, 0, 10_000) * 1_000_000;
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
  public long nextTickNanos() {
    return nextPoll;
  }

  @Override
  public void tick(long nowNanos) {
    nextPoll = nowNanos + pollingNanos;
    retired(nowNanos);
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    nextPoll = pollingNanos > 0 ? nowNanos + pollingNanos : NEVER;
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    retired(nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    nextPoll = NEVER;
    retired(nowNanos);
  }

  private void retired(long nowNanos) {
    long total = nowNanos - sinceNanos;
    long busy = ports.machine().loadMeter().busyNanos() - sinceBusyNanos;
    if (total < floorNanos || busy < leastBusyNanos) {
      return;
    }
    sinceNanos = nowNanos;
    sinceBusyNanos += busy;
    int level = ports.requestedCore();
    int fastest = opps.size() - 1;
    if (busy > ceilingNanos) {
      ports.requestCore(fastest);
      return;
    }
    int aim =
        opps.ceilHertz(law.nextHertz(busy / 1_000, total / 1_000, opps.frequency(level).hertz()));
    ports.requestCore(level + Integer.signum(aim - level));
  }
}
