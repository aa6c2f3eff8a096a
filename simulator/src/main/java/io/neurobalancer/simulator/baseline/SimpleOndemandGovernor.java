package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;

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
final class SimpleOndemandGovernor implements Governor {

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

  private final OppTable opps;
  private final SimpleOndemandLaw law;
  private final long pollingNanos;
  private final boolean boosting;
  private final long clampNanos;
  private final Ports ports = new Ports();
  private long nextPoll;
  private long nextClamp = NEVER;
  private long boostEnds = Long.MIN_VALUE;
  private long lastNanos;
  private long lastBusyNanos;
  private long idleSince;
  private int target;
  private int boosted;

  SimpleOndemandGovernor(GovernorSpec spec, Site site) {
    this.opps = site.core();
    this.law = SimpleOndemandLaw.of(spec);
    this.pollingNanos = spec.number("polling_ms", 50, 1, 10_000) * 1_000_000;
    this.boosting = spec.number("wake_boost", 0, 0, 1) == 1;
    this.clampNanos = spec.number("idle_clamp_ms", 0, 0, 10_000) * 1_000_000;
  }

  @Override
  public String name() {
    return "simple_ondemand";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    lastNanos = nowNanos;
    lastBusyNanos = device.loadMeter().busyNanos();
    idleSince = nowNanos;
    nextPoll = nowNanos + pollingNanos;
    ports.requestCore(0);
  }

  @Override
  public long nextTickNanos() {
    return Math.min(nextPoll, nextClamp);
  }

  @Override
  public void tick(long nowNanos) {
    if (nowNanos >= nextPoll) {
      poll(nowNanos);
      nextPoll = nowNanos + pollingNanos;
    }
    if (nowNanos >= nextClamp) {
      nextClamp = NEVER;
      ports.requestCore(0);
    }
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    nextClamp = NEVER;
    if (boosting && nowNanos - idleSince > pollingNanos) {
      boosted = opps.ceilHertz(2 * opps.frequency(target).hertz());
      boostEnds = nowNanos + pollingNanos;
    }
    apply(nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    idleSince = nowNanos;
    nextClamp = clampNanos > 0 ? nowNanos + clampNanos : NEVER;
  }

  private void poll(long nowNanos) {
    long busyNanos = ports.machine().loadMeter().busyNanos();
    long hertz =
        law.nextHertz(
            (busyNanos - lastBusyNanos) / 1_000,
            (nowNanos - lastNanos) / 1_000,
            opps.frequency(ports.currentCore()).hertz());
    lastNanos = nowNanos;
    lastBusyNanos = busyNanos;
    target = opps.ceilHertz(hertz);
    apply(nowNanos);
  }

  private void apply(long nowNanos) {
    ports.requestCore(nowNanos < boostEnds ? Math.max(target, boosted) : target);
  }
}
