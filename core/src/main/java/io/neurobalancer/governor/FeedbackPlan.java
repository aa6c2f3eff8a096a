package io.neurobalancer.governor;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Start;
import io.neurobalancer.plan.SuffixFrontier;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Locale;

/**
 * All that a {@link BalancedGovernor} needs to know: a plan, what is best after every operator for
 * any time left, and the latencies that the plan believes in. Compact, immutable, and made to be
 * stored beside the plan.
 */
public final class FeedbackPlan {

  private final SettingGrid grid;
  private final int[] settings;
  private final int idleSetting;
  private final Deadline deadline;
  private final double idleResidencySeconds;
  private final SuffixFrontier frontier;
  private final float[] latencySeconds;
  private final SwitchCosts switchCosts;

  /**
   * Puts the parts together. Arrays are copied.
   *
   * @param grid the settings of the device
   * @param settings of the plan, one per operator
   * @param idleSetting to rest at between jobs
   * @param deadline with the margin that the plan was made with
   * @param idleResidencySeconds the gap to leave between jobs, so that they reach the idle state
   *     that the plan counts on; 0 for the shallowest
   * @param frontier what is best after every operator
   * @param latencySeconds N x M predicted latencies: that of operator i at setting x is at {@code i
   *     * M + x}
   * @param switchCosts of the device
   * @throws NeuroBalancerException if the sizes do not fit together
   */
  public FeedbackPlan(
      SettingGrid grid,
      int[] settings,
      int idleSetting,
      Deadline deadline,
      double idleResidencySeconds,
      SuffixFrontier frontier,
      float[] latencySeconds,
      SwitchCosts switchCosts) {
    this.grid = grid;
    this.settings = settings.clone();
    this.idleSetting = idleSetting;
    this.deadline = deadline;
    this.idleResidencySeconds = idleResidencySeconds;
    this.frontier = frontier;
    this.latencySeconds = latencySeconds.clone();
    this.switchCosts = switchCosts;
    int[] kept = frontier.settings();
    if (settings.length == 0
        || frontier.rowOfOperator().length != settings.length
        || frontier.nearest().length != grid.size()
        || latencySeconds.length != settings.length * grid.size()
        || switchCosts.perDomain().size() != grid.dimensions()
        || Arrays.stream(kept).anyMatch(x -> x < 0 || x >= grid.size())) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tables for feedback do not fit a plan of %d operators at %d settings.%nMaybe the file was cut or made by another version: plan again.",
              settings.length,
              grid.size()));
    }
  }

  /**
   * Computes the tables of a plan.
   *
   * @param deadline with the margin that the plan was made with
   * @param calibration of the device, for its idle states
   */
  public static FeedbackPlan of(JobPlan job, Deadline deadline, Calibration calibration) {
    CostTable costs = job.plan().problem().costs();
    float[] seconds = new float[costs.operators() * costs.settings()];
    for (int i = 0; i < costs.operators(); i++) {
      for (int x = 0; x < costs.settings(); x++) {
        seconds[i * costs.settings() + x] = (float) costs.latencySeconds(i, x);
      }
    }
    return new FeedbackPlan(
        job.plan().grid(),
        job.plan().settings(),
        job.idleSetting(),
        deadline,
        idleResidencySeconds(job, deadline, calibration),
        // The governor goes back to rest after every job, however it ended: that switch is priced.
        SuffixFrontier.of(job.plan().problem().withStart(Start.from(job.idleSetting()))),
        seconds,
        job.plan().problem().switchCosts());
  }

  /**
   * Returns the gap that keeps the share of jobs that reach the idle state what it was planned as.
   */
  private static double idleResidencySeconds(
      JobPlan job, Deadline deadline, Calibration calibration) {
    if (job.idleState() == 0) {
      return 0;
    }
    IdleState state = calibration.idleStates().get(job.idleState());
    double longest =
        deadline.periodSeconds() - state.wakeSeconds() - state.minimumResidencySeconds();
    double makespan = Math.max(job.plan().makespanSeconds(), longest / deadline.marginFactor());
    return deadline.periodSeconds() - state.wakeSeconds() - makespan;
  }

  /** Returns the same plan for another deadline, with the margin that it was made with. */
  public FeedbackPlan withDeadline(double deadlineSeconds, double periodSeconds) {
    return new FeedbackPlan(
        grid,
        settings,
        idleSetting,
        new Deadline(deadlineSeconds, periodSeconds, deadline.marginFactor()),
        idleResidencySeconds,
        frontier,
        latencySeconds,
        switchCosts);
  }

  /** Returns the settings of the device. */
  public SettingGrid grid() {
    return grid;
  }

  /** Returns the number of operators. */
  public int operators() {
    return settings.length;
  }

  /** Returns the planned setting of an operator. */
  public int setting(int operator) {
    return settings[operator];
  }

  /** Returns the setting to rest at between jobs. */
  public int idleSetting() {
    return idleSetting;
  }

  /** Returns the deadline, with the margin that the plan was made with. */
  public Deadline deadline() {
    return deadline;
  }

  /** Returns the gap to leave between jobs for the idle state that the plan counts on, seconds. */
  public double idleResidencySeconds() {
    return idleResidencySeconds;
  }

  /** Returns what is best after every operator. */
  public SuffixFrontier frontier() {
    return frontier;
  }

  /** Returns the predicted latencies, N x M, seconds; a copy. */
  public float[] latencySeconds() {
    return latencySeconds.clone();
  }

  /** Returns the switch costs of the device. */
  public SwitchCosts switchCosts() {
    return switchCosts;
  }

  /** Returns the predicted latency of the planned job, switches aside, seconds. */
  double makespanSeconds() {
    double seconds = 0;
    for (int i = 0; i < settings.length; i++) {
      seconds += latencySeconds[i * grid.size() + settings[i]];
    }
    return seconds;
  }
}
