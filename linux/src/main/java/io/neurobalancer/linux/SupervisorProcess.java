package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs {@link SupervisorMain} in a session of its own and sends it heartbeats. */
public final class SupervisorProcess implements Supervision {

  private static final long START_SECONDS = 60;
  private static final List<String> SETSID =
      List.of("/usr/bin/setsid", "/bin/setsid", "/system/bin/setsid");

  private final Path root;
  private final long timeoutMillis;
  private final RunClock clock;

  /**
   * Prepares.
   *
   * @param root of the file tree to restore, {@code /} on a real machine
   * @param timeoutMillis without a heartbeat after which this process is taken for dead
   */
  public SupervisorProcess(Path root, long timeoutMillis, RunClock clock) {
    this.root = root;
    this.timeoutMillis = timeoutMillis;
    this.clock = clock;
  }

  @Override
  public Watch start(Path journal, Path lock, Runnable onDeath) throws IOException {
    List<String> command = new ArrayList<>();
    String silence = Long.toString(Math.max(timeoutMillis, silenceMillis(0)));
    String guard = System.getenv("NEUROBALANCER_GUARD");
    if (guard != null && root.equals(Path.of("/")) && Files.isExecutable(Path.of(guard))) {
      // The same watch in C, for a phone: no second Java, and ready at once.
      return watch(
          List.of(
              guard,
              "watch",
              journal.toString(),
              silence,
              lock.toString(),
              Long.toString(ProcessHandle.current().pid())),
          onDeath);
    }
    SETSID.stream().filter(p -> Files.isExecutable(Path.of(p))).findFirst().ifPresent(command::add);
    command.add(Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xms8m",
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-cp",
            classPath(),
            SupervisorMain.class.getName(),
            root.toString(),
            journal.toString(),
            lock.toString(),
            silence,
            Long.toString(ProcessHandle.current().pid())));
    return watch(command, onDeath);
  }

  /**
   * Returns the silence in milliseconds that a user of a slow or busy machine allows with {@code
   * NEUROBALANCER_SILENCE_MILLIS}, 100 to 99999; the usual one where nothing is said.
   */
  public static long silenceMillis(long usual) {
    String named = System.getenv().getOrDefault("NEUROBALANCER_SILENCE_MILLIS", "");
    return named.matches("[1-9][0-9]{2,4}") ? Long.parseLong(named) : usual;
  }

  private Watch watch(List<String> command, Runnable onDeath) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.directory(new java.io.File("/"));
    builder.environment().put("LC_ALL", "C");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    awaitReady(process);
    return new ProcessWatch(process, timeoutMillis, clock, onDeath);
  }

  private static void awaitReady(Process process) throws IOException {
    FutureTask<String> line =
        new FutureTask<>(
            () -> {
              BufferedReader reader =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
              return String.valueOf(reader.readLine());
            });
    Thread thread = new Thread(line, "supervisor-start");
    thread.setDaemon(true);
    thread.start();
    String said;
    try {
      said = line.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IOException("it was not ready in " + START_SECONDS + " s", e);
    }
    if (!SupervisorMain.READY.strip().equals(said)) {
      process.destroyForcibly();
      throw new IOException("it did not start");
    }
  }

  /** The jars or folders of the few classes that it needs, not the whole class path. */
  private static String classPath() {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> needed : List.of(SupervisorMain.class, NeuroBalancerException.class)) {
      try {
        entries.add(
            Path.of(needed.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
      } catch (URISyntaxException | RuntimeException e) {
        return System.getProperty("java.class.path", "");
      }
    }
    return String.join(java.io.File.pathSeparator, entries);
  }

  private static final class ProcessWatch implements Watch {

    private final Process process;
    private final OutputStream pipe;
    private final RunClock clock;
    private final long intervalNanos;
    private volatile long lastBeatNanos;
    private volatile boolean dead;
    private volatile boolean closing;

    ProcessWatch(Process process, long timeoutMillis, RunClock clock, Runnable onDeath) {
      this.process = process;
      this.pipe = process.getOutputStream();
      this.clock = clock;
      this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, timeoutMillis / 10));
      this.lastBeatNanos = clock.nanoTime();
      Thread mourner =
          new Thread(
              () -> {
                awaitEnd(process);
                dead = true;
                if (!closing) {
                  onDeath.run();
                }
              },
              "supervisor-exit");
      mourner.setDaemon(true);
      mourner.start();
      Thread thread = new Thread(this::beatUntilClosed, "supervisor-heartbeats");
      thread.setDaemon(true);
      thread.start();
    }

    /** Waits; nobody has a reason to interrupt this thread. */
    private static void awaitEnd(Process process) {
      boolean ended = false;
      while (!ended) {
        try {
          process.waitFor();
          ended = true;
        } catch (InterruptedException e) {
          ended = !process.isAlive();
        }
      }
    }

    private void beatUntilClosed() {
      while (!closing && !dead) {
        beat(SupervisorMain.BEAT);
        clock.sleepUntil(clock.nanoTime() + intervalNanos);
      }
    }

    private synchronized void beat(int sign) {
      try {
        pipe.write(sign);
        pipe.flush();
        lastBeatNanos = clock.nanoTime();
      } catch (IOException e) {
        dead = true;
      }
    }

    /**
     * After a pause of this whole process (stopped, or a long collection) the supervisor may have
     * given up: the pipe tells at once, the operating system's word of its death comes later.
     */
    @Override
    public boolean alive(long nowNanos) {
      if (!dead && nowNanos - lastBeatNanos > 3 * intervalNanos) {
        beat(SupervisorMain.BEAT);
      }
      return !dead;
    }

    @Override
    public void close() {
      closing = true;
      if (!dead) {
        beat(SupervisorMain.DONE);
      }
      try {
        pipe.close();
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (IOException e) {
        process.destroy();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
