package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * devfreq's {@code simple_ondemand} on a GPU's clock, polled: {@link SimpleOndemandLaw}.
 *
 * <p>Mainline's Adreno driver adds two things, off here unless asked for: {@code wake_boost}
 * doubles the clock for one polling interval when the GPU wakes up after idling for longer than
 * one, and {@code idle_clamp_ms} drops to the slowest clock after so long an idle time until the
 * GPU wakes up, when the clock of before comes back.
 *
 * <p>Source: Linux, {@code drivers/devfreq/governor_simpleondemand.c} at 0d2cd91b and {@code
 * drivers/gpu/drm/msm/msm_gpu_devfreq.c} at 03ab8e62 (polling 50 ms).
 */
final class SimpleOndemandGovernor extends SampledGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "simple_ondemand",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.GPU,
          "races when busy, otherwise follows the load (GPU or memory clock)",
          "Linux drivers/devfreq/governor_simpleondemand.c, drivers/gpu/drm/msm/msm_gpu_devfreq.c",
          GovernorInfo.rows(
              "upthreshold | 90 | load above which the maximum is asked for, percent",
              "downdifferential | 5 | band below it in which the clock is kept, percent",
              "polling_ms | 50 | time between samples",
              "wake_boost | 0 | 1: doubles the clock for one interval after a long idle time",
              "idle_clamp_ms | 0 | idle time after which the clock drops; 0 is off"));

  private final Clock clock;
  private final OppTable opps;
  private final Window window;
  private final SimpleOndemandLaw law;
  private final boolean boosting;
  private final long clampNanos;
  private long nextClamp = NEVER;
  private long boostEnds = Long.MIN_VALUE;
  private long idleSince;
  private int target;
  private int boosted;

  SimpleOndemandGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("polling_ms", 50, 1, 10_000) * 1_000_000, nowNanos);
    this.clock = hardware.coreClock(board);
    this.opps = hardware.core();
    this.law = SimpleOndemandLaw.of(spec);
    this.boosting = spec.number("wake_boost", 0, 0, 1) == 1;
    this.clampNanos = spec.number("idle_clamp_ms", 0, 0, 10_000) * 1_000_000;
    this.window = new Window(INFO.name(), board, nowNanos, Counter.BUSY_NANOS);
    this.idleSince = nowNanos;
    clock.request(0);
  }

  @Override
  public long nextTickNanos() {
    return Math.min(super.nextTickNanos(), nextClamp);
  }

  @Override
  public void tick(long nowNanos) {
    if (nowNanos >= super.nextTickNanos()) {
      super.tick(nowNanos);
    }
    if (nowNanos >= nextClamp) {
      nextClamp = NEVER;
      clock.request(0);
    }
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    nextClamp = NEVER;
    if (boosting && nowNanos - idleSince > periodNanos()) {
      boosted = opps.ceilHertz(2 * opps.frequency(target).hertz());
      boostEnds = nowNanos + periodNanos();
    }
    apply(nowNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    idleSince = nowNanos;
    nextClamp = clampNanos > 0 ? nowNanos + clampNanos : NEVER;
  }

  @Override
  protected void sample(long nowNanos) {
    long hertz =
        law.nextHertz(
            window.busyNanos() / 1_000,
            window.elapsedMicros(nowNanos),
            opps.frequency(clock.current()).hertz());
    window.restart(nowNanos);
    target = opps.ceilHertz(hertz);
    apply(nowNanos);
  }

  private void apply(long nowNanos) {
    clock.request(nowNanos < boostEnds ? Math.max(target, boosted) : target);
  }
}
