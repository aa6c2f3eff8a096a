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
 * {@code nvhost_podgov}, the GPU governor of Jetsons: a third of the fastest clock more when busy,
 * otherwise towards a target load, damped by what it asked for before.
 *
 * <pre>
 *   load  = 1000 * busy / total                             of the last polling interval
 *   boost = fmax / 3, undamped                              load &gt; load_max
 *           bias * f * (busyness - target) / (100 * target), at most fmax / 3       otherwise
 *   request = f + boost;   average = (average * smooth + request) / (smooth + 1)
 *   next  = lowest OPP &gt;= (damp * request + (10 - damp) * average) / 10
 * </pre>
 *
 * <p>Busyness is the highest clock that the GPU kept busy in the last {@code history} intervals,
 * over the present clock, in thousandths; without a history, a moving average of it. Nothing
 * changes within {@code block_window} of the last change. Clocks are in whole MHz, divisions
 * truncate.
 *
 * <p>Source: NVIDIA's kernel for Tegra, {@code drivers/devfreq/governor_pod_scaling.c}. Departure:
 * polling goes on while the GPU is idle, where the driver suspends it some time later.
 */
final class PodgovGovernor extends SampledGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "nvhost_podgov",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.GPU,
          "a third more when busy, else towards a target load, damped (Jetson GPUs)",
          "NVIDIA's Tegra kernel, drivers/devfreq/governor_pod_scaling.c",
          GovernorInfo.rows(
              "polling_ms | 25 | time between samples",
              "load_max | 900 | load that asks for a third more, thousandths",
              "load_target | 700 | load to aim at, thousandths",
              "bias | 80 | strength of the aim, percent",
              "damp | 7 | weight of the new request, tenths",
              "smooth | 10 | weight of the past in averages",
              "block_window | 50000 | least time between changes, us",
              "history | 100 | intervals whose highest load counts; 0 averages instead"));

  private static final long MEGA = 1_000_000;

  private final Clock clock;
  private final OppTable opps;
  private final Window window;
  private final long loadMax;
  private final long loadTarget;
  private final long bias;
  private final long damp;
  private final long smooth;
  private final long blockNanos;
  private final long[] history;
  private long lastChange;
  private long averageHertz;
  private long averageRequest;
  private int recorded;
  private int position;

  PodgovGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("polling_ms", 25, 1, 10_000) * 1_000_000, nowNanos);
    this.clock = hardware.coreClock(board);
    this.opps = hardware.core();
    this.loadMax = spec.number("load_max", 900, 0, 1_000);
    this.loadTarget = spec.number("load_target", 700, 1, 1_000);
    this.bias = spec.number("bias", 80, 0, 1_000);
    this.damp = spec.number("damp", 7, 0, 10);
    this.smooth = spec.number("smooth", 10, 0, 1_000);
    this.blockNanos = spec.number("block_window", 50_000, 0, 10_000_000) * 1_000;
    this.history = new long[(int) spec.number("history", 100, 0, 100)];
    this.window = new Window(INFO.name(), board, nowNanos, Counter.BUSY_NANOS);
    this.lastChange = nowNanos;
    clock.request(0);
  }

  @Override
  protected void sample(long nowNanos) {
    long busy = window.busyNanos() / 1_000;
    long total = window.elapsedMicros(nowNanos);
    window.restart(nowNanos);
    long hertz = opps.frequency(clock.current()).hertz();
    long busyHertz = hertz * busy / total;
    averageHertz = (averageHertz * smooth + busyHertz) / (smooth + 1);
    long highest = remember(busyHertz);
    if (nowNanos - lastChange >= blockNanos) {
      long busyness = 1_000 * (history.length > 0 ? highest : averageHertz) / hertz;
      decide(nowNanos, 1_000 * busy / total, busyness);
    }
  }

  /** Records the latest interval and returns the highest one in the history. */
  private long remember(long busyHertz) {
    if (history.length == 0) {
      return busyHertz;
    }
    history[position] = busyHertz;
    position = (position + 1) % history.length;
    recorded = Math.min(history.length, recorded + 1);
    long highest = 0;
    for (int i = 0; i < recorded; i++) {
      highest = Math.max(highest, history[i]);
    }
    return highest;
  }

  private void decide(long nowNanos, long load, long busyness) {
    int before = clock.requested();
    long megahertz = opps.frequency(before).hertz() / MEGA;
    long mostBoost = opps.max().hertz() / 3 / MEGA;
    boolean racing = load > loadMax;
    long boost =
        racing
            ? mostBoost
            : Math.min(
                mostBoost, (busyness - loadTarget) * (bias * megahertz) / (100 * loadTarget));
    long weight = racing ? 10 : damp;
    long request = megahertz + boost;
    averageRequest = (averageRequest * smooth + request) / (smooth + 1);
    long damped = (weight * request + (10 - weight) * averageRequest) / 10;
    int next = opps.ceilHertz(damped * MEGA);
    if (next != before) {
      clock.request(next);
      lastChange = nowNanos;
    }
  }
}
