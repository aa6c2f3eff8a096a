package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A switch as a run makes it: the lock, the supervisor's life sign, and one small write (userspace
 * governor) or two (min = max), to files of a memory file system under a folder that looks like
 * sysfs. A supervisor process is at work meanwhile. Run it with {@code -prof gc}: no byte may be
 * allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SwitchBenchmark {

  private static final String POLICY = "/sys/devices/system/cpu/cpufreq/policy0";

  /** How the clock is set. */
  @Param({"userspace", "limits"})
  public String mechanism = "userspace";

  private Path folder = Path.of("/");
  private ControlSession session = uninitialized();
  private ClockWriter writer = uninitialized();
  private final RunClock clock = SystemClock.INSTANCE;
  private int step;

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // set before every trial
  private static <T> T uninitialized() {
    return null;
  }

  /** Makes the tree and takes the clock. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "neurobalancer")
            : Files.createTempDirectory("neurobalancer");
    boolean userspace = mechanism.equals("userspace");
    file("scaling_available_frequencies", "300000 1900800");
    file("scaling_available_governors", userspace ? "userspace schedutil" : "schedutil");
    file("scaling_governor", "schedutil");
    file("scaling_setspeed", "<unsupported>");
    file("scaling_min_freq", "300000");
    file("scaling_max_freq", "1900800");
    file("scaling_cur_freq", "300000");
    file("cpuinfo_min_freq", "300000");
    file("cpuinfo_max_freq", "1900800");
    LocalSysfs sysfs = new LocalSysfs(folder.resolve("tree"));
    session =
        ControlSession.open(
            sysfs,
            clock,
            new RunFolder(folder.resolve("run")),
            new SupervisorProcess(folder.resolve("tree"), 5_000, clock),
            List.copyOf(Discovery.of(sysfs).clocks()));
    writer = session.writers().get(0);
  }

  private void file(String name, String value) throws IOException {
    Path file = folder.resolve("tree" + POLICY).resolve(name);
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    Files.writeString(file, value + "\n");
  }

  /** Gives back and removes the tree. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    session.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One switch without read-back. */
  @Benchmark
  public void write() {
    step ^= 1;
    session.set(writer, step, clock.nanoTime());
  }

  /** Reading a clock back. */
  @Benchmark
  public int readBack() {
    return writer.actual();
  }
}
