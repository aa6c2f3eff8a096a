package io.neurobalancer.linux;

import io.neurobalancer.linux.ClockControl.Mechanism;
import io.neurobalancer.linux.ClockControl.Step;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sets one clock. Only {@link ControlSession} makes one work, after it has written down what is to
 * be given back.
 */
final class ClockWriter implements AutoCloseable {

  /**
   * Limits are in force up to 20 ms after they are written; ten times that is no delay any more.
   */
  static final long READ_BACK_NANOS = 200_000_000;

  /** A look between two jobs must not cost the next one its time. */
  private static final long LOOK_NANOS = 30_000_000;

  private static final long POLL_NANOS = 1_000_000;
  private static final int FREE = -1;

  /** Drivers whose clock is an average that the hardware measured, not what was set. */
  private static final Pattern MEASURING =
      Pattern.compile("intel_pstate|intel_cpufreq|amd[-_]pstate.*|acpi-cpufreq|cppc_cpufreq");

  private final Sysfs sysfs;
  private final RunClock clock;
  private final ClockControl control;
  private final long[] values;
  private final long[] hertz;
  private final Map<Role, String> files = new EnumMap<>(Role.class);
  private final List<String> notes = new ArrayList<>();
  private Mechanism mechanism;
  private Sysfs.@Nullable Attribute first;
  private Sysfs.@Nullable Attribute second;
  private Sysfs.@Nullable Attribute reader;
  private int step = FREE;
  private int heldAt = FREE;
  private long upperLimit;
  private long patienceNanos = READ_BACK_NANOS;

  ClockWriter(Sysfs sysfs, RunClock clock, ClockControl control) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.control = control;
    this.mechanism = control.mechanism();
    this.values = control.steps().stream().mapToLong(Step::value).toArray();
    this.hertz = control.steps().stream().mapToLong(s -> s.frequency().hertz()).toArray();
  }

  ClockControl control() {
    return control;
  }

  /** Returns how the clock is set, which may be another way than was found at first. */
  Mechanism mechanism() {
    return mechanism;
  }

  /** Returns sentences about what was found when the clock was taken. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Returns every value that setting this clock changes, as it is now. It only reads. */
  List<Original> originals() throws SysfsException {
    for (Map.Entry<Role, String> file : control.files().entrySet()) {
      if (file.getKey() != Role.EXACT || mechanism != Mechanism.USERSPACE) {
        files.put(file.getKey(), sysfs.canonical(file.getValue()));
      }
    }
    List<Original> kept = new ArrayList<>();
    String governorFile = files.get(Role.GOVERNOR);
    String governor = "";
    if (governorFile != null) {
      governor = line(governorFile);
      kept.add(new Original(Role.GOVERNOR, governorFile, governor));
    }
    for (Role role : List.of(Role.MAX, Role.MIN, Role.MODE)) {
      String path = files.get(role);
      if (path != null) {
        kept.add(new Original(role, path, line(path)));
      }
    }
    if (mechanism == Mechanism.FORCE) {
      kept.add(new Original(Role.EXACT, file(Role.EXACT), "-1"));
    }
    if (mechanism == Mechanism.MODE && line(file(Role.MODE)).matches("1|manual")) {
      throw new SysfsException(
          Errno.EBUSY, file(Role.MODE), "read", "somebody else holds this clock already");
    }
    if (!governor.isEmpty()) {
      kept.addAll(Tunables.of(sysfs, control, governor));
      String exact = control.files().get(Role.EXACT);
      if (governor.equals("userspace") && exact != null && sysfs.exists(exact)) {
        String value = line(exact);
        if (Numbers.isPlain(value)) {
          kept.add(new Original(Role.EXACT, sysfs.canonical(exact), value));
        }
      }
    }
    return kept;
  }

  /**
   * Takes control: switches the governor or the mode and widens the limits, each read back.
   *
   * @return the files whose original value turned out not to be the user's but a cap's, with the
   *     value to give back instead
   */
  List<Original> take() throws SysfsException {
    if (mechanism == Mechanism.USERSPACE) {
      String governor = file(Role.GOVERNOR);
      Optional<String> obstacle = switchTo(governor);
      if (obstacle.isPresent()) {
        fallBack(governor, obstacle.get());
      }
    } else if (mechanism == Mechanism.MODE) {
      String mode = file(Role.MODE);
      String manual = control.family() == Family.AMDGPU ? "manual" : "1";
      sysfs.write(mode, manual);
      if (!soon(mode, manual)) {
        throw new SysfsException(
            Errno.OTHER, mode, "write " + manual, "the write was taken and nothing changed");
      }
    }
    List<Original> caps = widen();
    if (mechanism == Mechanism.LIMITS) {
      first = sysfs.open(file(Role.MAX));
      second = sysfs.open(file(Role.MIN));
    } else {
      first = sysfs.open(sysfs.canonical(control.file(Role.EXACT)));
    }
    if (control.current().isPresent() && control.family() != Family.AMDGPU) {
      reader = sysfs.open(control.current().get());
    }
    return caps;
  }

  /** Switches to the userspace governor; returns why that is of no use, empty if it is. */
  private Optional<String> switchTo(String governor) throws SysfsException {
    try {
      sysfs.write(governor, "userspace");
    } catch (SysfsException e) {
      if (e.errno().denied()) {
        throw e; // nothing else could be written either
      }
      return Optional.of("the switch to the userspace governor was refused (" + e.errno() + ")");
    }
    if (!soon(governor, "userspace")) {
      return Optional.of("the switch to the userspace governor said OK and did nothing");
    }
    // devfreq makes this file at the switch, and it belongs to root then.
    return sysfs.writable(control.file(Role.EXACT))
        ? Optional.empty()
        : Optional.of("its exact clock may not be written by this user");
  }

  private void fallBack(String governor, String why) throws SysfsException {
    if (!files.containsKey(Role.MAX) || !files.containsKey(Role.MIN)) {
      throw new SysfsException(Errno.OTHER, governor, "write userspace", why);
    }
    mechanism = Mechanism.LIMITS;
    notes.add(control.name() + ": " + why + "; min = max is used instead.");
  }

  /** Lets the whole table be reached. A maximum that does not rise is a cap, not a setting. */
  private List<Original> widen() throws SysfsException {
    List<Original> caps = new ArrayList<>();
    String max = files.get(Role.MAX);
    String min = files.get(Role.MIN);
    if (max == null || min == null) {
      return caps;
    }
    long highest = values[values.length - 1];
    long before = number(max);
    upperLimit = highest;
    if (before < highest) {
      sysfs.write(max, Long.toString(highest));
      if (!reaches(max, highest)) {
        upperLimit = number(max);
        caps.add(new Original(Role.MAX, max, Long.toString(highest)));
        notes.add(
            "%s: the maximum stays at %d after %d was written: it is capped, by heat or by somebody's request. It is given back as %d, so that the cap does not outlive its reason."
                .formatted(control.name(), upperLimit, highest, highest));
      }
    }
    if (mechanism == Mechanism.USERSPACE && number(min) > values[0]) {
      sysfs.write(min, Long.toString(values[0]));
      reaches(min, values[0]);
    }
    return caps;
  }

  /**
   * Sets a step of the table. It writes once or twice and makes no garbage.
   *
   * <p>With limits, the one that makes room goes first: upwards the maximum, downwards the minimum.
   */
  void set(int to) throws SysfsException {
    Sysfs.Attribute one = first;
    if (one == null) {
      throw new IllegalStateException("The clock " + control.name() + " was not taken.");
    }
    Sysfs.Attribute two = second;
    if (two == null) {
      one.write(values[to]);
    } else if (step != FREE && to > step) {
      one.write(values[to]);
      two.write(values[to]);
    } else {
      two.write(values[to]);
      one.write(values[to]);
    }
    step = to;
  }

  /** Returns the step last set, or -1. */
  int step() {
    return step;
  }

  /** Returns the step that the clock runs at, or -1 where it cannot be read. */
  int actual() {
    try {
      Sysfs.Attribute attribute = reader;
      if (attribute != null) {
        return nearest(control.family().hertz(attribute.read()));
      }
      return control.family() == Family.AMDGPU ? starred() : -1;
    } catch (SysfsException e) {
      return -1;
    }
  }

  private int nearest(long value) {
    if (value <= 0) {
      return -1;
    }
    int best = 0;
    for (int i = 1; i < hertz.length; i++) {
      if (Math.abs(hertz[i] - value) < Math.abs(hertz[best] - value)) {
        best = i;
      }
    }
    return best;
  }

  /** Rows of amdgpu's tables mark the state in force with a star. */
  private int starred() throws SysfsException {
    for (String line : sysfs.read(control.file(Role.EXACT)).split("\n", -1)) {
      if (line.strip().endsWith("*")) {
        long index = Numbers.parse(control.file(Role.EXACT), line.strip());
        for (int i = 0; i < values.length; i++) {
          if (values[i] == index) {
            return i;
          }
        }
      }
    }
    return -1;
  }

  /** Waits until the clock reads as set; returns whether it does within the deadline. */
  boolean awaitClock() {
    long deadline = clock.nanoTime() + patienceNanos;
    while (true) {
      int actual = actual();
      if (actual == step || (actual == -1 && reader == null)) {
        return true;
      }
      if (clock.nanoTime() - deadline >= 0) {
        return false;
      }
      clock.sleepUntil(clock.nanoTime() + POLL_NANOS);
    }
  }

  /** What disturbs a clock that was set. */
  enum Trouble {
    /** A limit of the kernel that a write cannot lift: heat, power. */
    CAP,
    /** Somebody else wrote. */
    FOREIGN,
    /** The CPUs of the clock are off-line. */
    OFFLINE,
    /** All files say what they should, and the clock is another. */
    NOT_TAKEN,
    /** As before, and the clock moves for no other value either: its driver says OK and lies. */
    DEAF
  }

  /**
   * What was found.
   *
   * @param trouble which kind
   * @param text a sentence with the file and the values
   */
  record Disturbance(Trouble trouble, String text) {}

  /**
   * Looks whether what was set is still so. What a cap and a rival have in common, a write tells.
   */
  Optional<Disturbance> check() {
    if (step == FREE) {
      return Optional.empty();
    }
    patienceNanos = LOOK_NANOS;
    try {
      Optional<Disturbance> found = governorTaken();
      if (found.isEmpty()) {
        found = checkLimits();
      }
      return found.isPresent() || awaitClock() ? found : astray();
    } catch (SysfsException e) {
      return Optional.of(
          new Disturbance(
              e.errno() == Errno.EBUSY ? Trouble.OFFLINE : Trouble.NOT_TAKEN,
              String.valueOf(e.getMessage())));
    } finally {
      patienceNanos = READ_BACK_NANOS;
    }
  }

  /** Returns who else switched the governor, as far as its file tells; empty if nobody did. */
  Optional<Disturbance> rival() {
    try {
      return governorTaken();
    } catch (SysfsException e) {
      return Optional.empty();
    }
  }

  private Optional<Disturbance> governorTaken() throws SysfsException {
    String governor = files.get(Role.GOVERNOR);
    if (mechanism != Mechanism.USERSPACE || governor == null) {
      return Optional.empty();
    }
    String now = line(governor);
    return now.equals("userspace") ? Optional.empty() : foreign(governor, "userspace", now);
  }

  /**
   * Says what is wrong with a clock that is not as set though all files are. A cap or a floor that
   * no file shows (firmware, another voter) lets it move on its other side; where nothing moves it,
   * the driver lies. It is tried once for each clock that it is stuck at.
   */
  private Optional<Disturbance> astray() throws SysfsException {
    int wanted = step;
    int runs = actual();
    if (runs == wanted) {
      return Optional.empty();
    }
    String text =
        "%s was set to %s and runs at %s"
            .formatted(
                control.name(),
                control.steps().get(wanted).frequency(),
                runs < 0 ? "a clock that cannot be read" : control.steps().get(runs).frequency());
    if (runs < 0 || MEASURING.matcher(control.facts().getOrDefault("driver", "")).matches()) {
      return Optional.of(new Disturbance(Trouble.NOT_TAKEN, text + "."));
    }
    if (runs != heldAt) {
      patienceNanos = READ_BACK_NANOS;
      set(wanted);
      boolean moves = awaitClock();
      if (!moves) {
        set(runs < wanted ? 0 : values.length - 1);
        moves = awaitClock() || actual() != runs;
        set(wanted);
      }
      if (!moves) {
        return Optional.of(new Disturbance(Trouble.DEAF, text + ", and no other value moves it."));
      }
      heldAt = runs;
    }
    return Optional.of(
        new Disturbance(
            runs < wanted ? Trouble.CAP : Trouble.NOT_TAKEN,
            text
                + (runs < wanted
                    ? ": capped by something that no limit shows."
                    : ": held up by somebody else's request.")));
  }

  private Optional<Disturbance> checkLimits() throws SysfsException {
    String max = files.get(Role.MAX);
    String min = files.get(Role.MIN);
    if (max == null || min == null) {
      return Optional.empty();
    }
    boolean pinned = mechanism == Mechanism.LIMITS;
    long wantedMax = pinned ? values[step] : upperLimit;
    long wantedMin = pinned ? values[step] : values[0];
    if (!reaches(max, wantedMax)) {
      long now = number(max);
      sysfs.write(max, Long.toString(pinned ? values[step] : values[values.length - 1]));
      if (reaches(max, wantedMax)) {
        return foreign(max, Long.toString(wantedMax), Long.toString(now));
      }
      upperLimit = pinned ? upperLimit : number(max);
      return Optional.of(
          new Disturbance(
              Trouble.CAP,
              "%s is capped at %d (%d was written): heat or a power limit."
                  .formatted(control.name(), number(max), wantedMax)));
    }
    if (!reaches(min, wantedMin)) {
      return foreign(min, Long.toString(wantedMin), line(min));
    }
    return Optional.empty();
  }

  private static Optional<Disturbance> foreign(String path, String wanted, String now) {
    return Optional.of(
        new Disturbance(
            Trouble.FOREIGN,
            "Somebody else wrote %s to %s, where %s was set.".formatted(now, path, wanted)));
  }

  private boolean reaches(String path, long value) throws SysfsException {
    return soon(path, Long.toString(value));
  }

  /** Polls until a file says a value or the deadline passes. */
  private boolean soon(String path, String value) throws SysfsException {
    long deadline = clock.nanoTime() + patienceNanos;
    while (!line(path).equals(value)) {
      if (clock.nanoTime() - deadline >= 0) {
        return false;
      }
      clock.sleepUntil(clock.nanoTime() + POLL_NANOS);
    }
    return true;
  }

  private long number(String path) throws SysfsException {
    return Numbers.parse(path, line(path));
  }

  private String line(String path) throws SysfsException {
    String text = sysfs.read(path);
    int end = text.indexOf('\n');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  private String file(Role role) {
    String path = files.get(role);
    return path == null ? control.file(role) : path;
  }

  /** Returns the exception that ends a run after the kernel refused. */
  static NeuroBalancerException refused(SysfsException e, RestoreReport report) {
    return new NeuroBalancerException(
        e.errno().denied()
            ? NeuroBalancerException.Kind.NO_PERMISSION
            : NeuroBalancerException.Kind.HARDWARE_REFUSED,
        "The kernel refused: %s. %s%nMaybe %s"
            .formatted(
                e.getMessage(),
                report.complete()
                    ? "Everything that was changed is back."
                    : "Not back: " + String.join("; ", report.failures()) + ".",
                switch (e.errno()) {
                  case EACCES, EPERM, EROFS ->
                      "run as root, or open the files to your group: see docs/safety.md.";
                  case EBUSY -> "bring its CPUs on-line, or choose another clock.";
                  default -> "look at the kernel's log, and run 'neurobalancer doctor'.";
                }),
        e);
  }

  @Override
  public void close() {
    for (Sysfs.Attribute attribute : new Sysfs.Attribute[] {first, second, reader}) {
      if (attribute != null) {
        attribute.close();
      }
    }
  }
}
