package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.SystemClock;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The second process: it waits for the writer's heartbeats on its standard input and gives the
 * clocks back when they stop or the pipe breaks, which the kernel does for it when the writer dies
 * by any means.
 *
 * <p>Its {@code main} is not in {@code cli}, where all others are: the supervisor belongs to
 * whoever writes clocks, and a program that uses this module as a library has no command line to
 * start it by. It takes nothing from a user, and starts in the time of a few classes.
 *
 * <p>It rehearses once before the first write: that loads the classes and proves that every file
 * can be read.
 */
public final class SupervisorMain {

  /** The writer's sign of life. */
  static final int BEAT = 'b';

  /** The writer has given back everything itself. */
  static final int DONE = 'd';

  /** What this process says when it watches. */
  static final String READY = "ready\n";

  private static final int END = -1;
  private static final int WARM_UP_ROUNDS = 20;
  private static final long LOCK_NANOS = 300_000_000;

  private SupervisorMain() {}

  /**
   * Watches one writer.
   *
   * @param args root of the file tree, journal, lock, milliseconds without a heartbeat that mean
   *     death, pid of the writer
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    LocalSysfs sysfs = new LocalSysfs(Path.of(args[0]));
    Path file = Path.of(args[1]);
    RunClock clock = SystemClock.INSTANCE;
    Journal journal =
        Journal.read(file).orElseThrow(() -> new IOException("There is no journal at " + file));
    new Restorer(sysfs, clock).rehearse(journal);
    warmUp(file.resolveSibling("rehearsal"), clock);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    out.write(READY.getBytes(StandardCharsets.UTF_8));
    out.flush();
    String reason = watch(new FileInputStream(FileDescriptor.in), Long.parseLong(args[3]));
    if (!reason.isEmpty()) {
      restore(sysfs, clock, file, Path.of(args[2]), Long.parseLong(args[4]), reason);
    }
  }

  /** Does on scratch files what restoring will do on the kernel's, so that it is fast then. */
  private static void warmUp(Path scratch, RunClock clock) throws IOException {
    String directory = "/sys/devices/rehearsal/devfreq/rehearsal";
    Path folder = scratch.resolve(directory.substring(1));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("available_frequencies"), "1 2 3\n");
    Files.writeString(folder.resolve("available_governors"), "rehearsing userspace\n");
    for (String name : List.of("governor", "max_freq", "min_freq", "polling_interval")) {
      Files.writeString(folder.resolve(name), "9\n");
    }
    LocalSysfs sysfs = new LocalSysfs(scratch);
    Journal journal =
        new Journal(
            "",
            0,
            List.of(
                new Original(Role.GOVERNOR, directory + "/governor", "rehearsing"),
                new Original(Role.MAX, directory + "/max_freq", "3"),
                new Original(Role.MIN, directory + "/min_freq", "2"),
                new Original(Role.TUNABLE, directory + "/polling_interval", "5")),
            List.of());
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      Files.writeString(folder.resolve("governor"), "userspace\n");
      new Restorer(sysfs, clock).restore(journal);
    }
    sentence(0, "", new RestoreReport(List.of(), List.of()), 0);
    Optional<RunLock> lock = RunLock.tryTake(scratch.resolve("lock"), 0);
    if (lock.isPresent()) {
      lock.get().close();
    }
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Returns why the writer is taken for dead, or an empty text if it has finished. */
  private static String watch(InputStream in, long timeoutMillis) throws InterruptedException {
    LinkedBlockingQueue<Integer> signs = new LinkedBlockingQueue<>();
    Thread reader =
        new Thread(
            () -> {
              int sign = END;
              do {
                try {
                  sign = in.read();
                } catch (IOException e) {
                  sign = END;
                }
                signs.add(sign);
              } while (sign == BEAT);
            },
            "heartbeats");
    reader.setDaemon(true);
    reader.start();
    while (true) {
      Integer sign = signs.poll(timeoutMillis, TimeUnit.MILLISECONDS);
      if (sign == null) {
        return "sent no heartbeat for " + timeoutMillis + " ms";
      }
      if (sign == DONE) {
        return "";
      }
      if (sign != BEAT) {
        return "died";
      }
    }
  }

  private static void restore(
      LocalSysfs sysfs, RunClock clock, Path file, Path lockFile, long writer, String reason)
      throws IOException {
    long noticed = clock.nanoTime();
    long self = ProcessHandle.current().pid();
    long deadline = clock.nanoTime() + LOCK_NANOS;
    Optional<RunLock> lock = RunLock.tryTake(lockFile, self);
    while (lock.isEmpty() && clock.nanoTime() - deadline < 0) {
      String holder = new LocalSysfs().firstLine(lockFile.toString(), "");
      if (!holder.isEmpty() && !holder.equals(Long.toString(writer))) {
        // A new run took over; it gives back what this journal says before anything else.
        return;
      }
      if (!reason.equals("died")) {
        break; // A writer that hangs keeps its lock: it has to be done without.
      }
      clock.sleepUntil(clock.nanoTime() + 5_000_000);
      lock = RunLock.tryTake(lockFile, self);
    }
    Optional<Journal> journal = Journal.read(file);
    if (journal.isPresent()) {
      RestoreReport report = new Restorer(sysfs, clock).restore(journal.get());
      if (report.complete()) {
        Files.deleteIfExists(file);
      }
      tell(writer, reason, report, (clock.nanoTime() - noticed) / 1_000_000);
    }
    if (lock.isPresent()) {
      lock.get().close();
    }
  }

  private static void tell(long writer, String reason, RestoreReport report, long millis)
      throws IOException {
    FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    err.write(sentence(writer, reason, report, millis).getBytes(StandardCharsets.UTF_8));
    err.flush();
  }

  private static String sentence(long writer, String reason, RestoreReport report, long millis) {
    StringBuilder text =
        new StringBuilder(
            "NeuroBalancer's supervisor: process %d %s; %s%n"
                .formatted(
                    writer,
                    reason,
                    report.complete()
                        ? "all %d values are back, %d ms after that was noticed."
                            .formatted(report.items().size(), millis)
                        : "not all values are back:"));
    for (String failure : report.failures()) {
      text.append("  ").append(failure).append('\n');
    }
    return text.toString();
  }
}
