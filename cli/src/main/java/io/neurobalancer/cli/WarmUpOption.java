package io.neurobalancer.cli;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many jobs governors settle in before any counts. */
final class WarmUpOption {

  private static final int MOST_JOBS = 100_000;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description =
          "Jobs before those that count, in which governors settle (default: three seconds of"
              + " them, 30 to 300).")
  private @Nullable Integer jobs;

  /** Returns a number of jobs; empty where none was asked for. */
  OptionalInt jobs() {
    if (jobs == null) {
      return OptionalInt.empty();
    }
    if (jobs < 0 || jobs > MOST_JOBS) {
      throw NeuroBalancerException.invalid(
          "--warm-up is %d.%nMaybe use 0 to %d jobs.".formatted(jobs, MOST_JOBS));
    }
    return OptionalInt.of(jobs);
  }
}
