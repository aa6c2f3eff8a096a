package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.unit.NeuroBalancerException;

/** What a baseline that must be trained may use of a device before the run that counts. */
public interface Training {

  /** Returns what traces showed, measured when first asked for. */
  TraceMeasurements traces();

  /** Returns the deadline of the jobs that will be run, seconds after their release. */
  double deadlineSeconds();

  /** Returns the time from one release to the next, seconds. */
  double periodSeconds();

  /** Returns the seed of the run, for governors that explore. */
  long seed();

  /** Runs jobs of the same kind, but not those that count, under a governor that learns by it. */
  void rehearse(Governor.Factory governor, int jobs);

  /**
   * Returns a training for a device on which nothing can be trained: every use of it is refused.
   */
  static Training none() {
    return NoTraining.INSTANCE;
  }

  /** Refuses. */
  enum NoTraining implements Training {
    /** The only one. */
    INSTANCE;

    @Override
    public TraceMeasurements traces() {
      throw refused();
    }

    @Override
    public double deadlineSeconds() {
      throw refused();
    }

    @Override
    public double periodSeconds() {
      throw refused();
    }

    @Override
    public long seed() {
      throw refused();
    }

    @Override
    public void rehearse(Governor.Factory governor, int jobs) {
      throw refused();
    }

    private static NeuroBalancerException refused() {
      return NeuroBalancerException.invalid(
          String.format(
              "This governor is trained on the device before it runs, and nothing was measured"
                  + " there.%nMaybe choose a governor that needs no training."));
    }
  }
}
