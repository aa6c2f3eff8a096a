package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;
import org.jspecify.annotations.Nullable;

/**
 * {@code schedutil}: the clock follows the scheduler's utilization with a quarter of headroom.
 *
 * <pre>
 *   raw  = (fmax + fmax / 4) * util / 1024        in kHz, divisions truncate
 *   next = lowest OPP &gt;= raw
 * </pre>
 *
 * <p>It is asked at wake-up, at sleep and at every scheduler tick (4 ms) while a thread runs. A
 * change is dropped, not queued, if it comes sooner after the last one than the rate limit of its
 * direction.
 *
 * <p>Source: Linux, {@code kernel/sched/cpufreq_schedutil.c}; separate limits up and down as in
 * Android's common kernel. Departures: the threads of the inference are the only load, so there is
 * no IRQ, deadline or real-time part and no I/O boost; utilization is plain PELT without the
 * estimate ({@code util_est}) or clamps; the cluster has several CPUs, so the rule that keeps a
 * busy single-CPU policy up does not apply.
 */
public final class SchedutilGovernor implements Governor {

  private static final long TICK_NANOS = 4_000_000;

  private final int domain;
  private final OppTable opps;
  private final long upNanos;
  private final long downNanos;
  private @Nullable Machine machine;
  private PeltSignal signal = new PeltSignal(0);
  private boolean running;
  private long nextTick = NEVER;
  private long lastChange;

  /**
   * Creates the governor of one domain.
   *
   * @param spec tunables {@code up_rate_limit_us} and {@code down_rate_limit_us}
   */
  public SchedutilGovernor(int domain, OppTable opps, GovernorSpec spec) {
    this.domain = domain;
    this.opps = opps;
    this.upNanos = spec.number("up_rate_limit_us", 500) * 1_000;
    this.downNanos = spec.number("down_rate_limit_us", 20_000) * 1_000;
  }

  @Override
  public String name() {
    return "schedutil";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    machine = device;
    signal = new PeltSignal(nowNanos);
    lastChange = nowNanos;
    device.actuator().request(domain, 0);
  }

  @Override
  public long nextTickNanos() {
    return nextTick;
  }

  @Override
  public void tick(long nowNanos) {
    nextTick = nowNanos + TICK_NANOS;
    update(nowNanos);
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    update(nowNanos);
    running = true;
    nextTick = nowNanos + TICK_NANOS;
  }

  @Override
  public void jobFinished(long nowNanos) {
    update(nowNanos);
    running = false;
    nextTick = NEVER;
  }

  private void update(long nowNanos) {
    if (machine == null) {
      return;
    }
    int current = machine.actuator().requested(domain);
    double share = (double) opps.frequency(current).hertz() / opps.max().hertz();
    signal.advance(nowNanos, running, share);
    long maximum = opps.max().kilohertz();
    long raw = (maximum + (maximum >> 2)) * signal.utilization() / 1_024;
    int next = opps.ceilHertz(raw * 1_000);
    long since = nowNanos - lastChange;
    if ((next > current && since >= upNanos) || (next < current && since >= downNanos)) {
      machine.actuator().request(domain, next);
      lastChange = nowNanos;
    }
  }
}
