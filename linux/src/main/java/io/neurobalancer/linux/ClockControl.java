package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One clock of the machine as its files offer it.
 *
 * @param name short, unique on the machine, such as {@code policy4} or {@code dmc}
 * @param family whose files these are
 * @param kind what is clocked; empty where the name does not tell
 * @param directory without symbolic links
 * @param steps what may be written, slowest first; empty where no table is offered
 * @param mechanism how it is set
 * @param files by role, the files that setting needs; absolute
 * @param current where the clock is read, empty where it cannot
 * @param cpus the CPUs that it clocks; none for others
 * @param transitionNanos what the kernel says a switch takes; 0 where it does not
 * @param obstacle why it cannot be set, empty if it can
 * @param advice what to do about it
 * @param facts what else the files say, for people, such as governors, driver, boost
 */
public record ClockControl(
    String name,
    Family family,
    Optional<FrequencyDomain.Kind> kind,
    String directory,
    List<Step> steps,
    Mechanism mechanism,
    Map<Role, String> files,
    Optional<String> current,
    List<Integer> cpus,
    long transitionNanos,
    Optional<String> obstacle,
    String advice,
    Map<String, String> facts) {

  /** How the obstacle begins that permission would lift. */
  static final String NO_PERMISSION = "no permission to write ";

  /**
   * One OPP.
   *
   * @param value as written
   * @param frequency the clock that it stands for
   */
  public record Step(long value, Frequency frequency) {}

  /** How a clock is set. */
  public enum Mechanism {
    /** By the userspace governor: the clock is written. */
    USERSPACE("userspace governor"),
    /** By limits: minimum and maximum are made equal. */
    LIMITS("min = max"),
    /** By taking it from the hardware, then writing it. */
    MODE("manual mode"),
    /** By one file that is always in force, with a value that lets go. */
    FORCE("forced index"),
    /** Only upwards: a floor. */
    FLOOR("floor only"),
    /** Not at all. */
    NONE("-");

    private final String title;

    Mechanism(String title) {
      this.title = title;
    }

    /** Returns the name for people. */
    public String title() {
      return title;
    }
  }

  public ClockControl {
    steps = List.copyOf(steps);
    files = Map.copyOf(files);
    cpus = List.copyOf(cpus);
    facts = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(facts));
  }

  /** Returns the advice as the rest of a sentence that begins with "Maybe". */
  String maybe() {
    return advice.isEmpty() ? "" : Character.toLowerCase(advice.charAt(0)) + advice.substring(1);
  }

  /** Returns whether it can be set by this process. */
  public boolean controllable() {
    return obstacle.isEmpty();
  }

  /** Returns whether all that it lacks to be set is permission. */
  public boolean forbidden() {
    return obstacle.filter(why -> why.startsWith(NO_PERMISSION)).isPresent();
  }

  /** Returns the file of a role that this clock must have. */
  public String file(Role role) {
    String path = files.get(role);
    if (path == null) {
      throw new IllegalStateException("The clock " + name + " has no file for " + role + ".");
    }
    return path;
  }

  /** Returns the clocks of its steps. */
  public OppTable opps() {
    return OppTable.of(steps.stream().map(Step::frequency).collect(Collectors.toList()));
  }
}
