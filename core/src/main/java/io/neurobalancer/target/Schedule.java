package io.neurobalancer.target;

import io.neurobalancer.unit.Durations;
import java.util.List;
import java.util.stream.Collectors;

/**
 * When jobs are released and must have finished.
 *
 * @param streams one entry per stream of the target, in its order
 * @param warmUpJobs how many jobs of each stream run first, under the same governor, and count for
 *     nothing: a governor that learns the load from zero is not judged by its first moments
 */
public record Schedule(List<Periodic> streams, int warmUpJobs) {

  /**
   * One stream's jobs.
   *
   * @param periodSeconds between releases
   * @param deadlineSeconds after each release
   * @param jobs how many, at least one
   */
  public record Periodic(double periodSeconds, double deadlineSeconds, int jobs) {

    public Periodic {
      if (!(periodSeconds > 0) || Double.isInfinite(periodSeconds)) {
        throw new IllegalArgumentException(
            "The period (" + periodSeconds + " s) must be positive and finite.");
      }
      if (!(deadlineSeconds > 0) || deadlineSeconds > periodSeconds) {
        throw new IllegalArgumentException(
            "The deadline ("
                + deadlineSeconds
                + " s) must be positive and at most the period ("
                + periodSeconds
                + " s).");
      }
      if (jobs < 1) {
        throw new IllegalArgumentException("The number of jobs (" + jobs + ") must be positive.");
      }
    }
  }

  public Schedule {
    streams = List.copyOf(streams);
    if (streams.isEmpty() || warmUpJobs < 0) {
      throw new IllegalArgumentException(
          "A schedule needs a stream and no negative number of warm-up jobs (" + warmUpJobs + ").");
    }
  }

  /** Returns one job per period, which is its deadline too, such as {@code every("33ms")}. */
  public static Schedule every(String period) {
    double seconds = Durations.parseSeconds(period);
    return new Schedule(List.of(new Periodic(seconds, seconds, 1)), 0);
  }

  /** Returns a schedule of one stream. */
  public static Schedule of(double periodSeconds, double deadlineSeconds, int jobs) {
    return new Schedule(List.of(new Periodic(periodSeconds, deadlineSeconds, jobs)), 0);
  }

  /** Returns this schedule with so many jobs of every stream. */
  public Schedule jobs(int jobs) {
    return new Schedule(
        streams.stream()
            .map(s -> new Periodic(s.periodSeconds(), s.deadlineSeconds(), jobs))
            .collect(Collectors.toList()),
        warmUpJobs);
  }

  /** Returns this schedule with so many jobs before those that count. */
  public Schedule warmUp(int jobs) {
    return new Schedule(streams, jobs);
  }
}
