package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SchedulerDrivenGovernor;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code schedutil}: the clock follows the scheduler's utilization with a quarter of headroom.
 *
 * <pre>
 *   raw  = (fmax + fmax / 4) * util / 1024        in kHz, divisions truncate
 *   next = lowest OPP &gt;= raw
 * </pre>
 *
 * <p>That is the law of kernels before 5.14 for tasks that nothing clamps; {@link Uclamp} has the
 * others.
 *
 * <p>It is asked at wake-up, at sleep and at every scheduler tick while a thread runs. A change is
 * dropped, not queued, if it comes sooner after the last one than the rate limit of its direction.
 * The policy takes the utilization of its busiest CPU; the threads of an inference load theirs
 * alike. A policy of a single CPU is not slowed down while that CPU has had no idle moment since it
 * was last asked, unless its upper clamp holds it down. What an idle moment is depends on the
 * kernel: Linux 6.1 counted those that a scheduler tick fell into and none of 15,000 shorter ones
 * ({@code idle_at_tick=1}, observed in the kernel rig), older ones count every one.
 *
 * <p>Source: Linux, {@code kernel/sched/cpufreq_schedutil.c} at 00d6a8a7; separate limits up and
 * down as in Android's common kernel. Departures: the threads of the inference are the only load,
 * so there is no IRQ, deadline or real-time part and no I/O boost.
 *
 * <p>While a task can run, the utilization that the scheduler reports is at least the task's
 * estimate ({@link UtilEstimate}): it wakes up with what it last used. {@code
 * kernel/sched/features.h} switches that on since 4.17, and so do the Pixel 4's 4.14 kernel and the
 * Pixel 5's, 6's and 7's; the Pixel 3's 4.9 kernel does not have it. Without it a periodic
 * inference that sleeps for long starts slowly every time, which would flatter every rival.
 */
public class SchedutilGovernor extends SchedulerDrivenGovernor {

  /** What lists say about it. */
  public static final GovernorInfo INFO =
      new GovernorInfo(
          "schedutil",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "follows the scheduler's decaying average (PELT) with a quarter of headroom",
          "Linux kernel/sched/cpufreq_schedutil.c, rate limits as in Android's common kernel",
          tunables(
              "up_rate_limit_us | 500 | least time from one change to a rise",
              "down_rate_limit_us | 20000 | least time from one change to a fall",
              "util_est | 1 | 1: a task wakes up with what it last used; 0: kernels before 4.17",
              "hz | 250 | scheduler ticks per second (CONFIG_HZ)",
              "idle_at_tick | 0 | 1: a lone CPU counts as idle once a tick found it so; 0: at once"));

  private final OppTable opps;
  private final boolean singleCpu;
  private final long idleNanos;
  private final boolean estimating;
  private final long upNanos;
  private final long downNanos;
  private final PeltSignal signal;
  private final UtilEstimate estimate = new UtilEstimate();
  private final Uclamp clamps;
  private boolean sleptSince;
  private long lastChange;
  private long accountedNanos;

  /** Begins. */
  public SchedutilGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec, hardware, board);
    this.opps = hardware.core();
    this.singleCpu = hardware.cpus() == 1;
    boolean atTick = spec.number("idle_at_tick", 0, 0, 1) == 1;
    this.idleNanos = atTick ? 1_000_000_000 / spec.number("hz", 250, 50, 10_000) : 1;
    this.estimating = spec.number("util_est", 1, 0, 1) == 1;
    this.upNanos = spec.number("up_rate_limit_us", 500, 0, 10_000_000) * 1_000;
    this.downNanos = spec.number("down_rate_limit_us", 20_000, 0, 10_000_000) * 1_000;
    this.clamps = new Uclamp(spec);
    this.signal = new PeltSignal(nowNanos, clamps.kernelFrom(5, 1));
    this.lastChange = nowNanos;
    this.accountedNanos = nowNanos;
  }

  /** Returns these tunables and those of the clamps, for laws that have them. */
  protected static List<GovernorInfo.Tunable> tunables(String... rows) {
    List<GovernorInfo.Tunable> tunables = new ArrayList<>(GovernorInfo.rows(rows));
    tunables.addAll(Uclamp.TUNABLES);
    return tunables;
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    clamps.released(nowNanos);
    super.released(stream, nowNanos, deadlineNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    super.finished(stream, nowNanos);
    estimate.slept(signal.utilization());
  }

  @Override
  protected final void account(long nowNanos) {
    sleptSince |= !running() && nowNanos / idleNanos > accountedNanos / idleNanos;
    accountedNanos = nowNanos;
    double share = (double) opps.frequency(clock().current()).hertz() / opps.max().hertz();
    signal.advance(nowNanos, running(), share);
  }

  @Override
  protected final void decide(long nowNanos) {
    int used = signal.utilization();
    int utilization = estimating && running() ? Math.max(used, estimate.utilization()) : used;
    long wished = clamps.rawKilohertz(opps.max().kilohertz(), utilization, running(), nowNanos);
    int next = opps.ceilHertz(wished * 1_000);
    int current = clock().requested();
    long since = nowNanos - lastChange;
    if (since < Math.min(upNanos, downNanos)) {
      return; // the kernel returns before it notes whether the CPU was idle
    }
    boolean busy = !sleptSince;
    sleptSince = false;
    if (singleCpu && busy && next < current && !clamps.caps(utilization)) {
      return;
    }
    boolean allowed =
        next > current
            ? since >= upNanos
            : next < current
                && !tooSoonToFall(
                    since,
                    downNanos,
                    opps.frequency(current).kilohertz(),
                    opps.frequency(next).kilohertz());
    if (allowed) {
      clock().request(next);
      lastChange = nowNanos;
    }
  }

  /** Returns whether a fall from one clock to another comes too soon after the last change. */
  protected boolean tooSoonToFall(
      long sinceNanos, long limitNanos, long fromKilohertz, long toKilohertz) {
    return sinceNanos < limitNanos;
  }
}
