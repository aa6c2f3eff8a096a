package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.baselines.linux.SimpleOndemandLaw;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

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
final class AdrenoTzGovernor extends SampledGovernor {

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

  private final Clock clock;
  private final OppTable opps;
  private final Window window;
  private final SimpleOndemandLaw law;
  private final long floorNanos;
  private final long ceilingNanos;
  private final long leastBusyNanos;

  AdrenoTzGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("polling_ms", 0, 0, 10_000) * 1_000_000, nowNanos);
    this.clock = hardware.coreClock(board);
    this.opps = hardware.core();
    this.law = SimpleOndemandLaw.of(spec);
    this.floorNanos = spec.number("floor_us", 5_000, 0, 1_000_000) * 1_000;
    this.ceilingNanos = spec.number("ceiling_us", 50_000, 0, 1_000_000) * 1_000;
    this.leastBusyNanos = spec.number("min_busy_us", 1_000, 0, 1_000_000) * 1_000;
    this.window = new Window(INFO.name(), board, nowNanos, Counter.BUSY_NANOS);
    clock.request(0);
    sampleAt(NEVER);
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    sampleAt(periodNanos() > 0 ? nowNanos + periodNanos() : NEVER);
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    sample(nowNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    sampleAt(NEVER);
    sample(nowNanos);
  }

  /** Kernels retired, or a poll is due. */
  @Override
  protected void sample(long nowNanos) {
    long total = nowNanos - window.startNanos();
    long busy = window.busyNanos();
    if (total < floorNanos || busy < leastBusyNanos) {
      return;
    }
    window.restart(nowNanos);
    int level = clock.requested();
    int fastest = opps.size() - 1;
    if (busy > ceilingNanos) {
      clock.request(fastest);
      return;
    }
    int aim =
        opps.ceilHertz(law.nextHertz(busy / 1_000, total / 1_000, opps.frequency(level).hertz()));
    clock.request(level + Integer.signum(aim - level));
  }
}
