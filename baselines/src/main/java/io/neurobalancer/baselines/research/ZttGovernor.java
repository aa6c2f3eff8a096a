package io.neurobalancer.baselines.research;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.ClockLaws;
import io.neurobalancer.baselines.law.CombinedGovernor;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * zTT: a small deep Q-network chooses the processor's clock from clocks, power, temperature and
 * frame rate; the memory clock follows the stock voters, as zTT does not touch it.
 *
 * <pre>
 *   reward = u + v1 + v2 + beta / power                 power in units of 100 mW, truncated
 *   u  = 1 if fps &gt;= target, else exp(0.1 * (fps - target))
 *   v2 = 0 if T &lt;= limit, else 2 * (limit - T)          v1 = -2 on reaching the limit from below
 * </pre>
 *
 * <p>At or above the temperature limit a clock not above the present one is drawn; 3 kelvin or more
 * below it, with fps short of the target, one not below it with probability 0.3. In all other cases
 * the {@link ZttAgent} decides. State features go in as they are: indices, units of 100 mW,
 * degrees, frames per second.
 *
 * <p>Source: S. Kim, K. Bin, S. Ha, K. Lee, S. Chong, "zTT", MobiSys 2021, and its released code,
 * {@code Pixel_3a/agent.py} and {@code client.py}. Ours: zTT sets CPU and GPU by 3 x 3 levels; a
 * device here has one processor, so the nine actions are nine levels of its clock, evenly spaced;
 * core and memory clock are the two clock features, the one sensor is both temperatures, and the
 * second power is 0 as in that code. Frames per second are one over the mean response time of a
 * job, at most the target, which is one over the deadline. Power is the SoC's plus {@code
 * rest_watts}, as zTT's meter saw the whole phone. One decision per second, as frames are counted
 * over one. It is trained on line by a run before the one that counts, and goes on learning in it.
 */
final class ZttGovernor implements Governor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "ztt",
          GovernorInfo.Family.RESEARCH,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "a small Q-network sets the core clock by frame rate, power and heat",
          "Kim et al., zTT, MobiSys 2021, and its released code; adapted to one processor",
          GovernorInfo.rows(
              "warmup_decisions | 500 | decisions trained before the run that counts",
              "interval_ms | 1000 | least time between decisions",
              "beta | 2 | weight of the power term, in units of 100 mW",
              "target_celsius | 65 | temperature limit",
              "rest_watts | 1.5 | power of the phone around the SoC"));

  private static final double COOL_KELVIN = 3;
  private static final double TRY_FASTER = 0.3;

  private final ZttAgent agent;
  private final Hardware hardware;
  private final Board board;
  private final Clock core;
  private final int[] levels = new int[ZttAgent.ACTIONS];
  private final double targetFps;
  private final long intervalNanos;
  private final double beta;
  private final double limitCelsius;
  private final double restWatts;
  private final double[] state = new double[ZttAgent.FEATURES];
  private final double[] before = new double[ZttAgent.FEATURES];
  private boolean acted;
  private int action;
  private long released;
  private long decidedAt;
  private double joulesThen;
  private double responseSeconds;
  private int jobs;
  private double celsiusThen;

  /**
   * Begins.
   *
   * @param agent keeps what it learned from one run to the next
   */
  ZttGovernor(
      GovernorSpec spec,
      Hardware hardware,
      double deadlineSeconds,
      ZttAgent agent,
      Board board,
      long nowNanos) {
    this.agent = agent;
    this.hardware = hardware;
    this.board = board;
    this.core = hardware.coreClock(board);
    for (int a = 0; a < levels.length; a++) {
      levels[a] = (int) Math.round((double) a * (core.opps().size() - 1) / (levels.length - 1));
    }
    this.targetFps = 1 / deadlineSeconds;
    this.intervalNanos = spec.number("interval_ms", 1_000, 1, 1_000_000) * 1_000_000;
    this.beta = spec.real("beta", 2, 0, 1e6);
    this.limitCelsius = spec.real("target_celsius", 65, 0, 200);
    this.restWatts = spec.real("rest_watts", 1.5, 0, 1_000);
    this.action = levels.length - 1;
    this.decidedAt = nowNanos;
    this.joulesThen = joules();
    this.celsiusThen = celsius();
    core.request(levels[action]);
  }

  /** Trains on line over jobs of the same kind, then hands the agent on. */
  static Baseline train(GovernorSpec spec, Hardware hardware, Training training, ClockLaws laws) {
    ZttAgent agent = new ZttAgent(training.seed());
    double deadlineSeconds = training.deadlineSeconds();
    UnaryOperator<ZttAgent> shared = learning -> learning;
    int jobs = warmUpJobs(spec, training.periodSeconds());
    if (jobs > 0) {
      training.rehearse(factory(spec, hardware, deadlineSeconds, agent, shared, laws), jobs);
    }
    return new Baseline(
        factory(spec, hardware, deadlineSeconds, agent, ZttAgent::copy, laws),
        List.of(
            String.format(
                Locale.ROOT,
                "ztt was trained on line before the run that counts (%d batches); it sets the core"
                    + " clock only, the memory clock follows the stock voters of %s (%s).",
                agent.trainings(),
                hardware.name(),
                hardware.stockVotersInWords())));
  }

  private static Governor.Factory factory(
      GovernorSpec spec,
      Hardware hardware,
      double deadlineSeconds,
      ZttAgent agent,
      UnaryOperator<ZttAgent> taken,
      ClockLaws laws) {
    return (board, nowNanos) ->
        new CombinedGovernor(
            hardware,
            board,
            new ZttGovernor(spec, hardware, deadlineSeconds, taken.apply(agent), board, nowNanos),
            laws.stockVoters(hardware, board, nowNanos));
  }

  /** Returns how many jobs a warm-up run needs for its decisions. */
  static int warmUpJobs(GovernorSpec spec, double periodSeconds) {
    double seconds =
        spec.number("warmup_decisions", 500, 0, 100_000)
            * Math.max(periodSeconds, spec.number("interval_ms", 1_000, 1, 1_000_000) * 1e-3);
    return (int) Math.min(1_000_000, Math.ceil(seconds / periodSeconds));
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    released = nowNanos;
  }

  @Override
  public void finished(int stream, long nowNanos) {
    responseSeconds += (nowNanos - released) * 1e-9;
    jobs++;
    if (nowNanos - decidedAt >= intervalNanos) {
      decide(nowNanos);
    }
  }

  private void decide(long nowNanos) {
    double joules = joules();
    double watts = (joules - joulesThen) / ((nowNanos - decidedAt) * 1e-9) + restWatts;
    int power = Math.max(1, (int) (watts * 10));
    double fps = Math.min(targetFps, jobs / responseSeconds);
    double celsius = celsius();
    System.arraycopy(state, 0, before, 0, state.length);
    state[0] = core.current();
    state[1] = hardware.hasMemory() ? hardware.memoryClock(board).current() : 0;
    state[2] = power;
    state[4] = celsius;
    state[5] = celsius;
    state[6] = fps;
    if (acted) {
      agent.observe(before, action, reward(power, celsius, fps));
    }
    action = next(celsius, fps);
    acted = true;
    core.request(levels[action]);
    decidedAt = nowNanos;
    joulesThen = joules;
    celsiusThen = celsius;
    responseSeconds = 0;
    jobs = 0;
  }

  /** Returns what a second earned; power in units of 100 mW. */
  double reward(int power, double celsius, double fps) {
    double timely = fps >= targetFps ? 1 : StrictMath.exp(0.1 * (fps - targetFps));
    double hot = celsius <= limitCelsius ? 0 : 2 * (limitCelsius - celsius);
    double crossing = celsius >= limitCelsius && celsiusThen < limitCelsius ? -2 : 0;
    return timely + crossing + hot + beta / power;
  }

  private int next(double celsius, double fps) {
    if (celsius >= limitCelsius) {
      return agent.draw(0, action);
    }
    if (limitCelsius - celsius >= COOL_KELVIN && fps < targetFps && agent.happens(TRY_FASTER)) {
      return agent.draw(action, levels.length - 1);
    }
    return agent.act(state);
  }

  private double joules() {
    double joules = board.rails().isEmpty() ? Double.NaN : board.joules(0);
    if (Double.isNaN(joules)) {
      throw NeuroBalancerException.invalid(
          String.format(
              "The governor ztt reads energy, which this board does not measure.%nMaybe choose a"
                  + " governor that needs no meter."));
    }
    return joules;
  }

  private double celsius() {
    double celsius = board.celsius();
    if (Double.isNaN(celsius)) {
      throw NeuroBalancerException.invalid(
          String.format(
              "The governor ztt reads the die's temperature, which this board does not tell.%nMaybe"
                  + " choose a governor that needs no sensor."));
    }
    return celsius;
  }
}
