package io.neurobalancer.linux;

import io.neurobalancer.linux.RestoreReport.Item;
import io.neurobalancer.linux.RestoreReport.Outcome;
import io.neurobalancer.target.RunClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives values back, whatever happens on the way: a failure of one is told at the end and stops
 * nothing. Doing it again changes nothing.
 *
 * <p>The order is that of {@link Role}, because a governor switch forgets tunables and an exact
 * clock is clamped by the limits; of a pair of limits, the one that widens goes first, because
 * older kernels refuse a minimum above the maximum. Limits are in force some milliseconds after
 * they are written: one that reads as wanted may still be about to change, so limits are always
 * written, and all values are read back until a deadline; what is not back then is written once
 * more.
 */
final class Restorer {

  private static final long READ_BACK_NANOS = 250_000_000;
  private static final long POLL_NANOS = 1_000_000;

  private final Sysfs sysfs;
  private final RunClock clock;
  private final WriteGuard guard;

  Restorer(Sysfs sysfs, RunClock clock) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.guard = new WriteGuard(sysfs);
  }

  RestoreReport restore(Journal journal) {
    boolean interrupted = Thread.interrupted();
    try {
      return new RestoreReport(restore(journal.originals()), journal.problems());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Reads everything that restoring would read, and writes nothing. */
  void rehearse(Journal journal) {
    for (Original o : journal.originals()) {
      Optional<String> now = now(o);
      item(o, null, guard.refusal(o.role(), o.path(), now.orElse("")).orElse(null), false);
    }
    settle(List.of(), Map.of());
  }

  private List<Item> restore(List<Original> originals) {
    Map<Original, String> errors = new HashMap<>();
    Map<Original, String> refused = new HashMap<>();
    Map<Original, Boolean> written = new HashMap<>();
    pass(originals, errors, refused, written);
    if (!settle(originals, refused)) {
      pass(originals, errors, refused, written);
      settle(originals, refused);
    }
    List<Item> items = new ArrayList<>();
    for (Original o : originals) {
      items.add(item(o, errors.get(o), refused.get(o), written.containsKey(o)));
    }
    return items;
  }

  private Item item(
      Original o,
      @org.jspecify.annotations.Nullable String error,
      @org.jspecify.annotations.Nullable String refusal,
      boolean written) {
    Optional<String> now = now(o);
    String text = now.orElse("");
    if (now.isPresent() && same(o, text)) {
      return new Item(
          o.path(), o.value(), text, written ? Outcome.RESTORED : Outcome.UNCHANGED, "");
    }
    if (refusal != null) {
      return new Item(o.path(), o.value(), text, Outcome.REFUSED, refusal);
    }
    if (now.isEmpty() && error == null && written && !sysfs.readable(o.path())) {
      return new Item(o.path(), o.value(), "", Outcome.WRITTEN_UNREAD, "");
    }
    if (error == null && written && capped(o, text)) {
      return new Item(o.path(), o.value(), text, Outcome.CAPPED, "");
    }
    return new Item(
        o.path(),
        o.value(),
        text,
        Outcome.NOT_BACK,
        error != null ? error : "the kernel took the write and did not follow");
  }

  /**
   * The kernel keeps a limit that it was given and shows the lower one of a cap while that lasts.
   */
  private static boolean capped(Original o, String now) {
    return (o.role() == Role.MAX || o.role() == Role.MIN)
        && Numbers.isPlain(now)
        && Numbers.isPlain(o.value())
        && Long.parseLong(now) < Long.parseLong(o.value());
  }

  private void pass(
      List<Original> originals,
      Map<Original, String> errors,
      Map<Original, String> refused,
      Map<Original, Boolean> written) {
    for (Role role : Role.values()) {
      for (Original o : originals) {
        if (o.role() != role || (role == Role.MIN && partner(originals, o, Role.MAX) != null)) {
          continue;
        }
        Original min = role == Role.MAX ? partner(originals, o, Role.MIN) : null;
        if (min != null && minimumFirst(o)) {
          give(min, errors, refused, written);
          give(o, errors, refused, written);
        } else {
          give(o, errors, refused, written);
          if (min != null) {
            give(min, errors, refused, written);
          }
        }
      }
    }
  }

  /** The maximum goes below the minimum that is in force: the minimum must make room first. */
  private boolean minimumFirst(Original max) {
    String directory = directory(max);
    for (String name : sysfs.list(directory)) {
      if (name.equals(file(max).replace("max", "min"))) {
        String now = sysfs.firstLine(directory + "/" + name, "");
        return Numbers.isPlain(now)
            && Numbers.isPlain(max.value())
            && Long.parseLong(max.value()) < Long.parseLong(now);
      }
    }
    return false;
  }

  private static @org.jspecify.annotations.Nullable Original partner(
      List<Original> originals, Original of, Role role) {
    for (Original o : originals) {
      if (o.role() == role && directory(o).equals(directory(of))) {
        return o;
      }
    }
    return null;
  }

  private void give(
      Original o,
      Map<Original, String> errors,
      Map<Original, String> refused,
      Map<Original, Boolean> written) {
    boolean late = o.role() == Role.MAX || o.role() == Role.MIN;
    if (!late && same(o, now(o).orElse("\0"))) {
      return;
    }
    Optional<String> refusal = guard.refusal(o.role(), o.path(), o.value());
    if (refusal.isPresent()) {
      refused.put(o, refusal.get());
      return;
    }
    refused.remove(o);
    try {
      sysfs.write(o.path(), o.value());
      written.put(o, true);
      errors.remove(o);
    } catch (SysfsException e) {
      errors.put(o, String.valueOf(e.getMessage()));
    }
  }

  /** Returns whether all that may be back is, waiting for limits that are applied late. */
  private boolean settle(List<Original> originals, Map<Original, String> refused) {
    long deadline = clock.nanoTime() + READ_BACK_NANOS;
    while (true) {
      boolean all = true;
      for (Original o : originals) {
        Optional<String> now = now(o);
        all &= refused.containsKey(o) || now.isEmpty() || same(o, now.get());
      }
      if (all || clock.nanoTime() - deadline >= 0) {
        return all;
      }
      clock.sleepUntil(clock.nanoTime() + POLL_NANOS);
    }
  }

  private Optional<String> now(Original o) {
    try {
      String text = sysfs.read(o.path());
      int end = text.indexOf('\n');
      return Optional.of(end < 0 ? text : text.substring(0, end));
    } catch (SysfsException e) {
      return Optional.empty();
    }
  }

  private static boolean same(Original o, String now) {
    return o.value().strip().equals(now.strip());
  }

  private static String directory(Original o) {
    return o.path().substring(0, o.path().lastIndexOf('/'));
  }

  private static String file(Original o) {
    return o.path().substring(o.path().lastIndexOf('/') + 1);
  }
}
