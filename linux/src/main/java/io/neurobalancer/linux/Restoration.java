package io.neurobalancer.linux;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.target.RunClock;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * Gives back by hand what a run left that died together with its supervisor. Doing it again does
 * nothing.
 *
 * @param status how it ended
 * @param report per value; empty where nothing was tried
 * @param message one sentence for people
 */
public record Restoration(Status status, Optional<RestoreReport> report, String message) {

  /** How it ended. */
  public enum Status {
    /** There is no journal: nothing was left. */
    NOTHING,
    /** Everything is back. */
    RESTORED,
    /** Not everything is back, or the journal was damaged. */
    INCOMPLETE,
    /** The journal is of another boot, which undid everything; it was not obeyed. */
    OTHER_BOOT,
    /** A run is going on; it gives back what it changes. */
    RUNNING,
    /** The journal cannot be read or trusted. */
    REFUSED
  }

  /** Returns whether nothing is left to do. */
  public boolean settled() {
    return status == Status.NOTHING || status == Status.RESTORED || status == Status.OTHER_BOOT;
  }

  /** Gives back what the journal in a folder says. */
  public static Restoration byHand(Sysfs sysfs, RunClock clock, RunFolder folder) {
    if (!Files.exists(folder.path())) {
      return of(Status.NOTHING, "There is nothing to give back: no run left a journal.");
    }
    Optional<String> unsafe = folder.unsafe();
    if (unsafe.isPresent()) {
      return of(Status.REFUSED, "The journal is not obeyed: " + unsafe.get() + ".");
    }
    try {
      Optional<RunLock> lock = RunLock.tryTake(folder.lock(), ProcessHandle.current().pid());
      if (lock.isEmpty()) {
        return of(
            Status.RUNNING,
            "A run is going on; it gives back what it changed when it ends or is ended.");
      }
      try {
        return restore(sysfs, clock, folder);
      } finally {
        lock.get().close();
      }
    } catch (IOException e) {
      return of(Status.REFUSED, "The journal cannot be read (" + IoReason.of(e) + ").");
    }
  }

  private static Restoration restore(Sysfs sysfs, RunClock clock, RunFolder folder)
      throws IOException {
    Optional<Journal> journal = Journal.read(folder.journal());
    if (journal.isEmpty()) {
      return of(Status.NOTHING, "There is nothing to give back: no run left a journal.");
    }
    String boot = Journal.bootId(sysfs);
    if (!journal.get().boot().isEmpty() && !journal.get().boot().equals(boot)) {
      Files.deleteIfExists(folder.journal());
      return of(
          Status.OTHER_BOOT,
          "The journal is of another boot and was removed; the reboot undid what it describes.");
    }
    RestoreReport report = new Restorer(sysfs, clock).restore(journal.get());
    if (report.complete()) {
      Files.deleteIfExists(folder.journal());
      return new Restoration(
          Status.RESTORED,
          Optional.of(report),
          "All " + report.items().size() + " values are back.");
    }
    List<String> failures = report.failures();
    return new Restoration(
        Status.INCOMPLETE,
        Optional.of(report),
        "Not everything is back: " + String.join("; ", failures) + ".");
  }

  private static Restoration of(Status status, String message) {
    return new Restoration(status, Optional.empty(), message);
  }
}
