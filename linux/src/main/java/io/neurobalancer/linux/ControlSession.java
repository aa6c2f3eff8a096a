package io.neurobalancer.linux;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.linux.ClockWriter.Disturbance;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right to write clocks, and the duty to give them back.
 *
 * <p>Opening takes the lock, gives back what a dead run left, writes down every value that will
 * change, waits until that is on the disk, starts a supervisor, and only then takes the clocks. The
 * values come back on {@link #close}, on a signal (a shutdown hook), on a refused write, when the
 * supervisor dies, and by the supervisor when this process dies or hangs.
 */
public final class ControlSession implements AutoCloseable {

  private final Sysfs sysfs;
  private final RunClock clock;
  private final RunFolder folder;
  private final Journal.Disk disk;
  private final RunLock lock;
  private final List<ClockWriter> writers = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Journal journal = new Journal("", -1, List.of(), List.of());
  private Supervision.@Nullable Watch watch;
  private @Nullable Thread hook;
  private @Nullable String lost;
  private @Nullable RestoreReport report;
  private boolean closed;

  private ControlSession(
      Sysfs sysfs, RunClock clock, RunFolder folder, Journal.Disk disk, RunLock lock) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.folder = folder;
    this.disk = disk;
    this.lock = lock;
  }

  /**
   * Takes clocks.
   *
   * @throws NeuroBalancerException if any step fails; whatever was written until then is given back
   */
  public static ControlSession open(
      Sysfs sysfs,
      RunClock clock,
      RunFolder folder,
      Supervision supervision,
      List<ClockControl> controls) {
    return open(sysfs, clock, folder, supervision, controls, Journal.DISK);
  }

  static ControlSession open(
      Sysfs sysfs,
      RunClock clock,
      RunFolder folder,
      Supervision supervision,
      List<ClockControl> controls,
      Journal.Disk disk) {
    for (ClockControl control : controls) {
      if (!control.controllable()) {
        throw new NeuroBalancerException(
            NeuroBalancerException.Kind.NO_PERMISSION,
            "The clock '%s' cannot be set: %s.%nMaybe %s"
                .formatted(control.name(), control.obstacle().orElse(""), control.maybe()));
      }
    }
    folder.prepare();
    RunLock lock = RunLock.take(folder.lock(), ProcessHandle.current().pid(), clock);
    ControlSession session = new ControlSession(sysfs, clock, folder, disk, lock);
    try {
      session.begin(supervision, controls);
      return session;
    } catch (SysfsException e) {
      throw ClockWriter.refused(e, session.finish());
    } catch (IOException e) {
      RestoreReport back = session.finish();
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.NO_PERMISSION,
          "The run cannot be made safe (%s); %s.%nMaybe free some space, or set NEUROBALANCER_RUN_DIR to another folder."
              .formatted(
                  IoReason.of(e),
                  session.writers.isEmpty()
                      ? "nothing was written to any clock"
                      : back.complete()
                          ? "everything that was changed is back"
                          : "not back: " + String.join("; ", back.failures())),
          e);
    } catch (RuntimeException e) {
      session.finish();
      throw e;
    }
  }

  private void begin(Supervision supervision, List<ClockControl> controls) throws IOException {
    recover();
    WriteGuard guard = new WriteGuard(sysfs);
    Map<String, Original> originals = new LinkedHashMap<>();
    List<ClockWriter> prepared = new ArrayList<>();
    for (ClockControl control : controls) {
      ClockWriter writer = new ClockWriter(sysfs, clock, control);
      for (Original o : writer.originals()) {
        Optional<String> refusal = guard.refusal(o.role(), o.path(), o.value());
        if (refusal.isPresent()) {
          throw new SysfsException(
              Errno.OTHER,
              o.path(),
              "give back " + o.value(),
              "it could not be given back, " + refusal.get());
        }
        originals.putIfAbsent(o.path(), o);
      }
      prepared.add(writer);
    }
    Journal fresh =
        new Journal(
            Journal.bootId(sysfs),
            ProcessHandle.current().pid(),
            List.copyOf(originals.values()),
            List.of());
    fresh.store(disk, folder.journal());
    journal = fresh;
    watch = supervision.start(folder.journal(), folder.lock(), this::supervisorDied);
    hook = new Thread(this::finish, "restore-clocks");
    Runtime.getRuntime().addShutdownHook(hook);
    for (ClockWriter writer : prepared) {
      synchronized (this) {
        if (lost != null || closed) {
          throw new IOException("the supervisor died");
        }
        writers.add(writer);
        for (Original instead : writer.take()) {
          Journal.amend(disk, folder.journal(), instead.path(), instead.value());
          watch.amended(instead.path(), instead.value());
          replace(instead);
        }
        notes.addAll(writer.notes());
      }
    }
  }

  /** Gives back what a run left that died together with its supervisor. */
  private void recover() throws IOException {
    Optional<Journal> left = Journal.read(folder.journal());
    if (left.isEmpty()) {
      return;
    }
    String boot = Journal.bootId(sysfs);
    if (left.get().boot().equals(boot) || left.get().boot().isEmpty()) {
      RestoreReport back = new Restorer(sysfs, clock).restore(left.get());
      notes.add(
          "A run (process %d) had died with its supervisor; %d values were given back first."
              .formatted(left.get().pid(), back.items().stream().filter(i -> i.back()).count()));
      if (!back.items().stream().allMatch(RestoreReport.Item::back)) {
        throw new NeuroBalancerException(
            NeuroBalancerException.Kind.HARDWARE_REFUSED,
            "A run (process %d) had died with its supervisor, and not everything is back: %s.%nMaybe look at these files by hand, then remove '%s'."
                .formatted(left.get().pid(), String.join("; ", back.failures()), folder.journal()));
      }
      notes.addAll(back.problems());
    }
    Files.deleteIfExists(folder.journal());
  }

  private void replace(Original instead) {
    List<Original> changed = new ArrayList<>(journal.originals());
    changed.replaceAll(o -> o.path().equals(instead.path()) ? instead : o);
    journal = new Journal(journal.boot(), journal.pid(), changed, journal.problems());
  }

  /** Returns the clocks that were taken, in the order asked for. */
  List<ClockWriter> writers() {
    return writers;
  }

  /** Returns sentences about what was found on the way. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * Sets a step of a clock. No garbage is made.
   *
   * @throws NeuroBalancerException if the kernel refuses, somebody else took the clock, or the
   *     clocks are no longer held; everything that was changed has then been given back
   */
  void set(ClockWriter writer, int step, long nowNanos) {
    Optional<Disturbance> rival = offer(writer, step, nowNanos);
    if (rival.isPresent()) {
      throw stop(rival.get().text());
    }
  }

  /**
   * As {@link #set}, but where the kernel refuses because somebody else switched the governor it
   * says so and gives nothing back.
   *
   * @return who took the clock; empty if it was set
   */
  Optional<Disturbance> offer(ClockWriter writer, int step, long nowNanos) {
    SysfsException refusal;
    synchronized (this) {
      Supervision.Watch supervisor = watch;
      if (closed || lost != null || supervisor == null) {
        throw gone();
      }
      if (!supervisor.alive(nowNanos)) {
        supervisorDied();
        throw gone();
      }
      try {
        writer.set(step);
        return Optional.empty();
      } catch (SysfsException e) {
        refusal = e;
      }
      Optional<Disturbance> rival = writer.rival();
      if (rival.isPresent()) {
        return rival;
      }
    }
    throw ClockWriter.refused(refusal, finish());
  }

  /** Gives everything back and returns the exception that ends the run, with what is wrong. */
  NeuroBalancerException stop(String why) {
    RestoreReport back = finish();
    return new NeuroBalancerException(
        NeuroBalancerException.Kind.HARDWARE_REFUSED,
        "A clock did not follow: %s. %s%nMaybe look at the kernel's log and at what else sets clocks, and run 'neurobalancer doctor'."
            .formatted(
                why.replaceFirst("\\.$", ""),
                back.complete()
                    ? "Everything that was changed is back."
                    : "Not back: " + String.join("; ", back.failures()) + "."));
  }

  private NeuroBalancerException gone() {
    RestoreReport back = report;
    return new NeuroBalancerException(
        NeuroBalancerException.Kind.HARDWARE_REFUSED,
        "%s, so the run was stopped. %s%nMaybe see why in the system's log, and run it again."
            .formatted(
                lost == null ? "The clocks were given back" : lost,
                back == null || back.complete()
                    ? "Everything that was changed is back."
                    : "Not back: " + String.join("; ", back.failures()) + "."));
  }

  private void supervisorDied() {
    synchronized (this) {
      if (closed || lost != null) {
        return;
      }
      lost = "The supervisor died";
    }
    finish();
  }

  /** Returns what was given back, or empty while the clocks are held. */
  public synchronized Optional<RestoreReport> report() {
    return Optional.ofNullable(report);
  }

  /** Gives everything back, once. */
  private RestoreReport finish() {
    synchronized (this) {
      if (report != null) {
        return report;
      }
      closed = true;
      RestoreReport back = new Restorer(sysfs, clock).restore(journal);
      report = back;
      writers.forEach(ClockWriter::close);
      try {
        if (back.complete()) {
          Files.deleteIfExists(folder.journal());
        }
        if (watch != null && back.complete()) {
          watch.close();
        }
        lock.close();
      } catch (IOException e) {
        notes.add("The journal or the lock could not be removed (" + IoReason.of(e) + ").");
      }
      unhook();
      return back;
    }
  }

  private void unhook() {
    Thread registered = hook;
    hook = null;
    if (registered != null && Thread.currentThread() != registered) {
      try {
        Runtime.getRuntime().removeShutdownHook(registered);
      } catch (IllegalStateException e) {
        // The process is ending: the hook finds that there is nothing left to do.
        return;
      }
    }
  }

  /**
   * Gives everything back. Idempotent.
   *
   * @throws NeuroBalancerException if something is not back, naming it
   */
  @Override
  public void close() {
    RestoreReport back = finish();
    if (!back.complete()) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.HARDWARE_REFUSED,
          "Not everything is back: %s.%nMaybe run 'neurobalancer restore' when the cause is gone; the journal is kept in '%s'."
              .formatted(String.join("; ", back.failures()), folder.journal()));
    }
  }
}
