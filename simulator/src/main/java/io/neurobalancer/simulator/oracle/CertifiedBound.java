package io.neurobalancer.simulator.oracle;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.engine.DeviceModel;
import io.neurobalancer.simulator.replay.ReplayTarget;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Target;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;

/**
 * What no governor can go below on a simulated device that keeps its deadlines, proven job by job
 * over the weather that really came.
 *
 * <p>For each job and each pair of idle states before and after it: the time left is the deadline
 * less the wake-up from the state before, and no more than leaves the gap that the state after asks
 * for. Idling costs the least that it does at any setting. The job is entered for free, the die is
 * as cool as the air, stalls burn the least that they can. For every price of time, the cheapest
 * priced path through the operators, less the price of the time left, bounds the job's energy from
 * below; the best price gives the bound of that pair of states, and the least over the pairs that
 * of the job.
 *
 * <p>It holds for governors that switch in the middle of operators: at a fixed price the cost of an
 * operator that runs partly at one setting and partly at another is linear in where it switches, so
 * that one of the ends is no dearer. Clocks that have to settle and heat caps take choices away
 * only.
 *
 * <p>A job that a governor is late with is bounded by what its operators burn at least, as if it
 * had all the time in the world and no time to idle.
 */
public final class CertifiedBound {

  private static final int MOST_PRICES = 60;

  /** A bound is raised until no price can raise it by more than this share. */
  private static final double CLOSE_ENOUGH = 1e-4;

  /** At this price even the fastest path is bought: what is slower than the time left has none. */
  private static final double MOST_WATTS = 1e9;

  private final DeviceModel device;
  private final SettingGrid grid;
  private final DeviceModel.StreamModel stream;
  private final Schedule.Periodic periodic;
  private final int operators;
  private final int settings;
  private final double[] idleWatts;
  private final boolean[] known;
  private final double stallWatts;
  private final double extraLeakage;
  private final double[] seconds;
  private final double[] joules;
  private double stalled;
  private final double[] reached;
  private final double[] relaxed;
  private final double[] reachedSeconds;
  private final double[] relaxedSeconds;
  private double pathSeconds;
  private double price;
  private final double[] prices;

  private CertifiedBound(DeviceModel model, Schedule schedule) {
    this.device = model;
    this.grid = device.grid();
    this.stream = device.streams().get(0);
    this.periodic = schedule.streams().get(0);
    this.operators = stream.stream().workload().size();
    this.settings = grid.size();
    this.idleWatts = new double[device.idleStates().size()];
    for (int s = 0; s < idleWatts.length; s++) {
      idleWatts[s] = Double.POSITIVE_INFINITY;
      for (int x = 0; x < settings; x++) {
        idleWatts[s] = Math.min(idleWatts[s], device.idleWatts(s, x));
      }
    }
    this.known = new boolean[settings];
    for (int x = 0; x < settings; x++) {
      known[x] = device.known(x);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < settings; x++) {
      least = Math.min(least, device.stallWatts(x));
    }
    this.stallWatts = least;
    this.extraLeakage = device.extraLeakage(device.thermal().ambientCelsius());
    this.prices = new double[idleWatts.length];
    this.seconds = new double[operators * settings];
    this.joules = new double[operators * settings];
    this.reached = new double[settings];
    this.relaxed = new double[settings];
    this.reachedSeconds = new double[settings];
    this.relaxedSeconds = new double[settings];
  }

  /**
   * Returns the least energy per job of any governor that keeps every deadline of a schedule's
   * first stream, joules over a whole period.
   */
  public static double joulesPerJob(SimulatedTarget target, Schedule schedule) {
    return joulesPerJob(target, schedule, job -> false);
  }

  /**
   * Returns the same for any target whose truth is at hand, a replayed table with energies
   * included: there, between jobs, only what was measured counts.
   */
  public static OptionalDouble joulesPerJob(Target target, Schedule schedule) {
    if (target instanceof SimulatedTarget simulated) {
      return OptionalDouble.of(joulesPerJob(simulated.model(), schedule, job -> false));
    }
    if (target instanceof ReplayTarget replayed && replayed.table().hasEnergy()) {
      return OptionalDouble.of(joulesPerJob(replayed.model(), schedule, job -> false));
    }
    return OptionalDouble.empty();
  }

  /**
   * Returns the least energy per job of any governor that is late with these jobs at most.
   *
   * @param late whether a job of those that count, from 0, ended after its deadline
   */
  public static double joulesPerJob(SimulatedTarget target, Schedule schedule, IntPredicate late) {
    return joulesPerJob(target.model(), schedule, late);
  }

  private static double joulesPerJob(DeviceModel model, Schedule schedule, IntPredicate late) {
    CertifiedBound bound = new CertifiedBound(model, schedule);
    int jobs = bound.periodic.jobs();
    double total = 0;
    for (int j = 0; j < jobs; j++) {
      bound.fill(schedule.warmUpJobs() + j);
      // A job that follows a late one begins after its release, and so may idle for less.
      boolean free = late.test(j) || (j > 0 && late.test(j - 1));
      total += free ? bound.withoutDeadline() : bound.job();
    }
    return total / jobs;
  }

  /** Tabulates what the operators of a job really take and burn, less what stalls take. */
  private void fill(int job) {
    DeviceModel.OperatorModel costs = stream.costs(job);
    stalled = 0;
    for (int i = 0; i < operators; i++) {
      double factor = stream.factor(job, i);
      stalled += stream.stallSeconds(job, i);
      for (int x = 0; x < settings; x++) {
        if (!known[x]) {
          joules[i * settings + x] = Double.POSITIVE_INFINITY;
          continue;
        }
        double running = costs.seconds(i, x) * factor;
        seconds[i * settings + x] = running;
        joules[i * settings + x] =
            running * (costs.watts(i, x) + extraLeakage * costs.coreWatts(i, x));
      }
    }
  }

  /** What the operators burn at least; a job that is late may leave no time to idle in. */
  private double withoutDeadline() {
    return path(0, 0) + stalled * stallWatts;
  }

  private double job() {
    List<IdleState> states = device.idleStates();
    double best = Double.POSITIVE_INFINITY;
    for (int after = 0; after < states.size(); after++) {
      for (int before = 0; before < states.size(); before++) {
        double wake = states.get(before).wakeSeconds();
        double left = periodic.deadlineSeconds() - wake - stalled;
        if (after > 0) {
          left =
              Math.min(
                  left,
                  periodic.periodSeconds()
                      - wake
                      - stalled
                      - states.get(after).minimumResidencySeconds());
        }
        if (left <= 0) {
          continue;
        }
        double rest = periodic.periodSeconds() - wake - stalled;
        // A state is entered only where its residency fits, and what enters it is still awake.
        double entry =
            Math.min(states.get(after).entrySeconds(), states.get(after).minimumResidencySeconds());
        double fixed =
            (wake + stalled) * stallWatts
                + Math.max(0, stallWatts - idleWatts[after]) * entry
                + idleWatts[after] * rest;
        price = prices[after];
        best = Math.min(best, fixed + priced(left, idleWatts[after], best - fixed));
        prices[after] = price;
      }
    }
    // Where no pair of states leaves any time, the job must be late.
    return Double.isInfinite(best) ? withoutDeadline() : best;
  }

  /**
   * Returns the best bound over prices for a time left, joules; infinity if there is no path.
   * Begins at {@link #price} if that is known and leaves the best one there.
   *
   * @param enough a bound above this does not matter
   */
  private double priced(double left, double idle, double enough) {
    double bound = Double.NEGATIVE_INFINITY;
    // The bound is concave in the price, with the time still lacking as its slope: where the
    // tangents from both sides meet is the next price to try, and how far it could still rise.
    double low = 0;
    double lowValue = Double.NaN;
    double lowSlope = 0;
    double high = Double.POSITIVE_INFINITY;
    double highValue = 0;
    double highSlope = 0;
    // The best price of the job before is near this one's.
    double tried = price;
    double stride = 0.02;
    for (int step = 0; step < MOST_PRICES && bound < enough; step++) {
      double value = path(tried, idle) - tried * left;
      double slope = pathSeconds - left;
      if (value > bound) {
        bound = value;
        price = tried;
      }
      if (slope > 0) {
        low = tried;
        lowValue = value;
        lowSlope = slope;
      } else {
        high = tried;
        highValue = value;
        highSlope = slope;
      }
      if (high == 0) {
        break;
      }
      if (low > MOST_WATTS) {
        return Double.POSITIVE_INFINITY;
      }
      if (Double.isInfinite(high)) {
        tried = low == 0 ? Math.max(1e-3, value / left) : low * (1 + stride);
        stride *= 4;
      } else if (Double.isNaN(lowValue)) {
        tried = stride < 1 ? high * (1 - stride) : 0;
        stride *= 4;
      } else {
        tried = (highValue - lowValue + lowSlope * low - highSlope * high) / (lowSlope - highSlope);
        if (lowValue + lowSlope * (tried - low) - bound <= CLOSE_ENOUGH * Math.abs(bound)) {
          break;
        }
      }
    }
    return bound;
  }

  /**
   * Returns the least of energy plus price times time over all paths, idle power taken off, joules;
   * sets {@link #pathSeconds} to the time of the path that has it.
   */
  private double path(double at, double idle) {
    Arrays.fill(reached, 0);
    Arrays.fill(reachedSeconds, 0);
    for (int i = 0; i < operators; i++) {
      if (i > 0) {
        relax(at, idle);
      }
      int row = i * settings;
      for (int x = 0; x < settings; x++) {
        reached[x] += joules[row + x] + (at - idle) * seconds[row + x];
        reachedSeconds[x] += seconds[row + x];
      }
    }
    int best = 0;
    for (int x = 1; x < settings; x++) {
      best = reached[x] < reached[best] ? x : best;
    }
    pathSeconds = reachedSeconds[best];
    return reached[best];
  }

  /** Lets every setting be reached from the best one before, domain by domain. */
  private void relax(double at, double idle) {
    for (int d = 0; d < grid.dimensions(); d++) {
      int stride = grid.stride(d);
      int opps = grid.domains().get(d).opps().size();
      SwitchCost cost = device.switchCosts().domain(d);
      double up = cost.upJoules() + (at - idle) * cost.upSeconds();
      double down = cost.downJoules() + (at - idle) * cost.downSeconds();
      for (int x = 0; x < settings; x++) {
        relaxed[x] = reached[x];
        relaxedSeconds[x] = reachedSeconds[x];
      }
      for (int first = 0; first < settings; first++) {
        if (first / stride % opps != 0) {
          continue;
        }
        sweep(first, stride, opps, up, cost.upSeconds());
        sweep(first + (opps - 1) * stride, -stride, opps, down, cost.downSeconds());
      }
      System.arraycopy(relaxed, 0, reached, 0, settings);
      System.arraycopy(relaxedSeconds, 0, reachedSeconds, 0, settings);
    }
  }

  /** Passes the best value so far along one line of a domain's OPPs, in one direction. */
  private void sweep(int from, int step, int opps, double cost, double costSeconds) {
    double best = Double.POSITIVE_INFINITY;
    double bestSeconds = 0;
    for (int k = 0, x = from; k < opps; k++, x += step) {
      if (best + cost < relaxed[x]) {
        relaxed[x] = best + cost;
        relaxedSeconds[x] = bestSeconds + costSeconds;
      }
      if (reached[x] < best) {
        best = reached[x];
        bestSeconds = reachedSeconds[x];
      }
    }
  }
}
