package io.neurobalancer.baselines.linux;

import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Locale;

/**
 * What an image asks of the clock for a group of tasks, whatever they use: at least {@code
 * uclamp_min} and at most {@code uclamp_max} of 1024 parts of the fastest clock, while any of them
 * can run, and more for a while after a hint.
 *
 * <p>How a clamp meets the quarter of headroom depends on the kernel, with {@code util} the
 * utilization and divisions that truncate:
 *
 * <pre>
 *   before 5.14   raw = (fmax + fmax / 4) * u / 1024            u = util within the clamps
 *   before 6.8    raw = fmax * (u + u / 4) / 1024
 *   from 6.8      raw = fmax * max(min, least of max and util + util / 4) / 1024
 * </pre>
 *
 * <p>Before 6.8 a clamp of 201 therefore asks for a quarter more than 201 parts, and since then for
 * 201. With both clamps crossed the lower one wins.
 *
 * <p>Source: Linux, {@code kernel/sched/cpufreq_schedutil.c} and {@code kernel/sched/sched.h};
 * Documentation/scheduler/sched-util-clamp.rst. Pixel phones start their top-app group with 201;
 * their power HAL raises it to 246 for an interaction, 553 for a launch and 813 for neural networks
 * that go through NNAPI, the latter for 2 s from each request on.
 */
final class Uclamp {

  /** The tunables, as rows for {@link GovernorInfo}. */
  static final List<GovernorInfo.Tunable> TUNABLES =
      GovernorInfo.rows(
          "kernel | 5.10 | version whose utilization at slow clocks, headroom and clamps count",
          "uclamp_min | 0 | least utilization asked for while a job runs, of 1024 (Pixel: 201)",
          "uclamp_max | 1024 | most utilization asked for, of 1024",
          "boost | 0 | uclamp_min while a hint is on (interaction 246, launch 553, NNAPI 813)",
          "boost_ms | 2000 | how long a hint stays on",
          "boost_on | job | job: every release gives the hint; start: only the first");

  private static final int CAPACITY = 1_024;

  private enum Form {
    HEADROOM_ON_CLOCK,
    HEADROOM_ON_CLAMPED,
    CLAMPS_ON_HEADROOM
  }

  private final int version;
  private final Form form;
  private final int least;
  private final int most;
  private final int boost;
  private final long boostNanos;
  private final boolean boostsEveryJob;
  private boolean hinted;
  private long hintEnds = Long.MIN_VALUE;

  Uclamp(GovernorSpec spec) {
    version = version(spec);
    form =
        version < 5_014
            ? Form.HEADROOM_ON_CLOCK
            : version < 6_008 ? Form.HEADROOM_ON_CLAMPED : Form.CLAMPS_ON_HEADROOM;
    least = (int) spec.number("uclamp_min", 0, 0, CAPACITY);
    most = (int) spec.number("uclamp_max", CAPACITY, 0, CAPACITY);
    boost = (int) spec.number("boost", 0, 0, CAPACITY);
    boostNanos = spec.number("boost_ms", 2_000, 0, 1_000_000) * 1_000_000;
    String on = spec.text("boost_on", "job");
    if (!on.equals("job") && !on.equals("start")) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable boost_on of governor %s ('%s') must be job or start.",
              spec.name(),
              on));
    }
    boostsEveryJob = on.equals("job");
  }

  /** Returns whether the kernel is of this version or a later one. */
  boolean kernelFrom(int major, int minor) {
    return version >= major * 1_000 + minor;
  }

  private static int version(GovernorSpec spec) {
    String text = spec.text("kernel", "5.10");
    String[] parts = text.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = Integer.parseInt(parts[1]);
      return major * 1_000 + minor;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable kernel of governor %s ('%s') must be a version, such as 5.10.",
              spec.name(),
              text),
          e);
    }
  }

  /** A job was released, which may give the hint. */
  void released(long nowNanos) {
    if (!hinted || boostsEveryJob) {
      hinted = true;
      hintEnds = nowNanos + boostNanos;
    }
  }

  /** Returns whether the upper clamp holds a utilization down. */
  boolean caps(int utilization) {
    return most < CAPACITY && utilization >= most;
  }

  /**
   * Returns the clock to look for, kHz.
   *
   * @param running whether any task of the group can run; the lower clamp counts only then
   */
  long rawKilohertz(long maximumKilohertz, int utilization, boolean running, long nowNanos) {
    int min = !running ? 0 : nowNanos < hintEnds ? Math.max(least, boost) : least;
    int clamped = Math.max(min, Math.min(utilization, most));
    return switch (form) {
      case HEADROOM_ON_CLOCK -> (maximumKilohertz + (maximumKilohertz >> 2)) * clamped / CAPACITY;
      case HEADROOM_ON_CLAMPED -> maximumKilohertz * (clamped + (clamped >> 2)) / CAPACITY;
      case CLAMPS_ON_HEADROOM ->
          maximumKilohertz
              * Math.max(min, Math.min(utilization + (utilization >> 2), most))
              / CAPACITY;
    };
  }
}
