package io.neurobalancer.linux;

import io.neurobalancer.target.Inference;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.TargetProvider;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Opens {@code linux}, this machine, and {@code linux:DOMAIN,DOMAIN}, this machine with the named
 * domains; the workloads are paced: they compute for as long as an engine would.
 */
public final class LinuxTargetProvider implements TargetProvider {

  /** A supervisor that hears nothing for so long gives the clocks back. */
  private static final long HEARTBEAT_TIMEOUT_MILLIS = 2_000;

  @Override
  public String scheme() {
    return "linux";
  }

  @Override
  public Target open(String name, List<Workload> workloads, TargetOptions options) {
    return open(name, PacedWorkload.of(workloads.stream().map(Stream::of).toList()), options);
  }

  /**
   * Opens this machine for an inference engine.
   *
   * @param name names of domains, separated by commas; empty for the usual ones
   */
  public static LinuxTarget open(String name, Inference inference, TargetOptions options) {
    Sysfs sysfs = new LocalSysfs();
    RunClock clock = SystemClock.INSTANCE;
    List<String> domains =
        name.isBlank() ? List.of() : new ArrayList<>(Arrays.asList(name.split(",", -1)));
    int threads = options.threads().orElse(1);
    return options.apply()
        ? LinuxTarget.apply(
            sysfs,
            clock,
            domains,
            inference,
            threads,
            RunFolder.standard(System.getenv(), System.getProperty("user.name", "nobody")),
            new SupervisorProcess(Path.of("/"), HEARTBEAT_TIMEOUT_MILLIS, clock))
        : LinuxTarget.dryRun(sysfs, clock, domains, inference, threads);
  }
}
