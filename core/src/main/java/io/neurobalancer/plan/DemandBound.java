package io.neurobalancer.plan;

import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether periodic jobs on one processor all keep their deadlines when the one with the earliest
 * deadline runs first and is not interrupted within a segment.
 *
 * <p>For every length t: the jobs that are released and due within t take no more than t less the
 * longest segment of a job that is due later and has just begun (S. Baruah, "The limited-preemption
 * uniprocessor scheduling of sporadic task systems", ECRTS 2005, theorem 1). It suffices to look at
 * the deadlines up to where the demand can no longer exceed the line of full load.
 */
public final class DemandBound {

  private static final int MOST_DEADLINES = 100_000;

  private DemandBound() {}

  /**
   * A periodic stream of jobs.
   *
   * @param name for people
   * @param periodSeconds from one release to the next
   * @param deadlineSeconds after each release, at most the period
   * @param demandSeconds what a job takes of the processor at most
   * @param segmentSeconds its longest segment
   */
  public record Task(
      String name,
      double periodSeconds,
      double deadlineSeconds,
      double demandSeconds,
      double segmentSeconds) {

    double load() {
      return demandSeconds / periodSeconds;
    }
  }

  /**
   * Why a set of streams cannot be scheduled.
   *
   * @param load of all streams; above 1 nothing helps
   * @param task the stream whose deadline is the first that cannot be guaranteed
   * @param seconds the length within which too much is due
   * @param demandSeconds what is due within it, what blocks it included
   */
  public record Violation(double load, Task task, double seconds, double demandSeconds) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "stream '%s' may miss its deadline: %s of work is due within %s, and the load of all streams is %.1f %%",
          task.name(),
          Durations.format(demandSeconds),
          Durations.format(seconds),
          load * 100);
    }
  }

  /** Returns the first violation, or empty if every deadline is kept. */
  public static Optional<Violation> check(List<Task> tasks) {
    double load = tasks.stream().mapToDouble(Task::load).sum();
    if (load > 1) {
      Task heaviest =
          tasks.stream()
              .max((a, b) -> Double.compare(a.load(), b.load()))
              .orElseThrow(AssertionError::new);
      return Optional.of(
          new Violation(load, heaviest, heaviest.periodSeconds(), load * heaviest.periodSeconds()));
    }
    for (Deadline due : deadlines(tasks, horizon(tasks, load))) {
      double demand = blocking(tasks, due.seconds());
      for (Task task : tasks) {
        double jobs =
            Math.floor(
                    (due.seconds() - task.deadlineSeconds()) / task.periodSeconds() * (1 + 1e-12)
                        + 1e-9)
                + 1;
        demand += Math.max(0, jobs) * task.demandSeconds();
      }
      if (demand > due.seconds()) {
        return Optional.of(new Violation(load, due.task(), due.seconds(), demand));
      }
    }
    return Optional.empty();
  }

  private record Deadline(double seconds, Task task) {}

  /** Returns the length beyond which a load of less than 1 cannot exceed the line any more. */
  private static double horizon(List<Task> tasks, double load) {
    double longest = tasks.stream().mapToDouble(Task::deadlineSeconds).max().orElse(0);
    double segment = tasks.stream().mapToDouble(Task::segmentSeconds).max().orElse(0);
    double early =
        tasks.stream()
            .mapToDouble(t -> Math.max(0, t.periodSeconds() - t.deadlineSeconds()) * t.load())
            .sum();
    return Math.max(longest, (segment + early) / Math.max(1e-6, 1 - load));
  }

  private static List<Deadline> deadlines(List<Task> tasks, double horizon) {
    List<Deadline> all = new ArrayList<>();
    for (Task task : tasks) {
      for (int k = 0; k < MOST_DEADLINES / tasks.size(); k++) {
        double due = task.deadlineSeconds() + k * task.periodSeconds();
        if (due > horizon) {
          break;
        }
        all.add(new Deadline(due, task));
      }
    }
    all.sort((a, b) -> Double.compare(a.seconds(), b.seconds()));
    return all;
  }

  private static double blocking(List<Task> tasks, double seconds) {
    return tasks.stream()
        .filter(task -> task.deadlineSeconds() > seconds)
        .mapToDouble(Task::segmentSeconds)
        .max()
        .orElse(0);
  }
}
