package io.neurobalancer.plan;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.Quantiles;
import io.neurobalancer.device.IdleState;

/**
 * What a device burns between two jobs: how often their gap leads to which idle state, at what
 * power, and what falling asleep and waking burn beyond it.
 *
 * <p>Jobs take a little more or less time than planned. Their spread is taken to be normal and the
 * margin to be {@value #MARGIN_DEVIATIONS} of its deviations; without a margin all jobs are as
 * planned.
 *
 * <p>An idle power that no meter tells is taken to be the dearest known of its state.
 */
final class IdlePricing {

  static final double MARGIN_DEVIATIONS = 3;

  private final Calibration calibration;
  private final Deadline deadline;
  private final double[][] idleWatts;
  private final double[] awakeWatts;
  private final boolean known;

  IdlePricing(CostTable costs, Calibration calibration, Deadline deadline) {
    this.calibration = calibration;
    this.deadline = deadline;
    this.idleWatts = new double[calibration.idleStates().size()][costs.settings()];
    this.known = fillIdleWatts();
    this.awakeWatts = awakeWatts(costs);
  }

  /** Returns whether the power of any state at any setting is known; if not, idling is free. */
  boolean known() {
    return known;
  }

  int states() {
    return idleWatts.length;
  }

  double wakeSeconds(int state) {
    return calibration.idleStates().get(state).wakeSeconds();
  }

  double watts(int state, int rest) {
    return idleWatts[state][rest];
  }

  /** Returns what going to rest and waking burn beyond the power of an idle state, joules. */
  double wakingJoules(int state, int rest) {
    IdleState idle = calibration.idleStates().get(state);
    double more = awakeWatts[rest] - idleWatts[state][rest];
    return known && more > 0 && Double.isFinite(more)
        ? more * (idle.entrySeconds() + idle.wakeSeconds())
        : 0;
  }

  /**
   * Returns the idle state after a job that is so many deviations slower than planned.
   *
   * @param state that the device wakes from before it
   */
  int reached(int state, double makespanSeconds, double deviations) {
    double busy = wakeSeconds(state) + slowed(makespanSeconds, deviations);
    return calibration.idleState(deadline.periodSeconds() - busy);
  }

  /** Returns how long a job takes that is so many deviations slower than planned, seconds. */
  double slowed(double makespanSeconds, double deviations) {
    return makespanSeconds * (1 + deviations * deviation());
  }

  private double deviation() {
    return (deadline.marginFactor() - 1) / MARGIN_DEVIATIONS;
  }

  /** Returns the shares where every job reaches the same state. */
  double[] always(int state) {
    double[] shares = new double[states()];
    shares[state] = 1;
    return shares;
  }

  /** Returns the share of jobs after which each idle state is reached. */
  double[] shares(int state, double makespanSeconds) {
    double[] shares = new double[states()];
    int deepest = reached(state, makespanSeconds, -MARGIN_DEVIATIONS);
    int shallowest = reached(state, makespanSeconds, MARGIN_DEVIATIONS);
    double deeper = 0;
    for (int s = deepest; s > shallowest; s--) {
      double reaches = Math.max(deeper, shareReaching(s, state, makespanSeconds));
      shares[s] = reaches - deeper;
      deeper = reaches;
    }
    shares[shallowest] = 1 - deeper;
    return shares;
  }

  private double shareReaching(int reached, int state, double makespanSeconds) {
    double longest =
        deadline.periodSeconds()
            - wakeSeconds(state)
            - calibration.idleStates().get(reached).minimumResidencySeconds();
    return Quantiles.normalShare((longest / makespanSeconds - 1) / deviation());
  }

  /** Fills in what is not known; returns whether anything is. */
  private boolean fillIdleWatts() {
    int states = idleWatts.length;
    int settings = idleWatts[0].length;
    double[] dearest = new double[states];
    boolean any = false;
    for (int s = 0; s < states; s++) {
      dearest[s] = Double.NaN;
      for (int x = 0; x < settings; x++) {
        idleWatts[s][x] = calibration.idleWatts(s, x);
        if (!(dearest[s] >= idleWatts[s][x]) && !Double.isNaN(idleWatts[s][x])) {
          dearest[s] = idleWatts[s][x];
        }
      }
      any |= !Double.isNaN(dearest[s]);
    }
    for (int s = 0; s < states; s++) {
      for (int x = 0; x < settings; x++) {
        // A shallower state burns no less, so it stands in for one that was not measured.
        for (int other = s; other >= 0 && Double.isNaN(idleWatts[s][x]); other--) {
          idleWatts[s][x] = dearest[other];
        }
        for (int other = s; other < states && Double.isNaN(idleWatts[s][x]); other++) {
          idleWatts[s][x] = dearest[other];
        }
        if (!any) {
          idleWatts[s][x] = 0;
        }
      }
    }
    return any;
  }

  /**
   * Returns what the device burns at each setting while it is awake and does nothing: no more than
   * under the operator that burns least.
   */
  private static double[] awakeWatts(CostTable costs) {
    double[] watts = new double[costs.settings()];
    for (int x = 0; x < watts.length; x++) {
      watts[x] = Double.POSITIVE_INFINITY;
      for (int i = 0; i < costs.operators(); i++) {
        double seconds = costs.latencySeconds(i, x);
        if (seconds > 0) {
          watts[x] = Math.min(watts[x], costs.energyJoules(i, x) / seconds);
        }
      }
    }
    return watts;
  }
}
