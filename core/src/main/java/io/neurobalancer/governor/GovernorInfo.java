package io.neurobalancer.governor;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a list of governors says about one of them.
 *
 * @param name as the field calls it
 * @param family where it comes from
 * @param role which clocks it sets
 * @param hardware what it is written for
 * @param summary its law in half a sentence
 * @param source the file or paper that the law was taken from, and how well it is known
 * @param tunables what a user can set
 */
public record GovernorInfo(
    String name,
    Family family,
    Role role,
    Hardware hardware,
    String summary,
    String source,
    List<Tunable> tunables) {

  /** Where a governor comes from. */
  public enum Family {
    /** A plan made from measurements, followed operator by operator. */
    PLAN,
    /** What a device's image runs. */
    STOCK,
    /** The mainline kernel, and kernels that boards ship. */
    LINUX,
    /** Kernels of Android vendors. */
    ANDROID,
    /** Published research. */
    RESEARCH,
    /** A limit to compare with, which no governor can be. */
    BOUND;

    /** Returns the name in lists, which also prefixes dotted names. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What hardware a governor is written for. */
  public enum Hardware {
    /** Any. */
    ANY,
    /** The cores of a CPU, which a scheduler loads. */
    CPU,
    /** A GPU, which a driver feeds. */
    GPU
  }

  /** Which clocks a governor sets. */
  public enum Role {
    /** The core clock; the memory clock is left to the stock voters of the device. */
    CORE("core clock"),
    /** The memory clock; the core clock is left to the stock governor of the device. */
    MEMORY("memory clock"),
    /** Both clocks. */
    BOTH("both clocks");

    private final String label;

    Role(String label) {
      this.label = label;
    }

    /** Returns the words for lists. */
    public String label() {
      return label;
    }
  }

  /**
   * Something that a user can set.
   *
   * @param name as the kernel or the paper calls it, with its unit where the kernel has one
   * @param fallback its value where it is not set
   * @param meaning in a few words
   */
  public record Tunable(String name, String fallback, String meaning) {}

  public GovernorInfo {
    tunables = List.copyOf(tunables);
  }

  /** Writes tunables as rows of {@code name | default | meaning}; an empty default is required. */
  public static List<Tunable> rows(String... rows) {
    return Arrays.stream(rows)
        .map(row -> row.split("\\|", -1))
        .map(cells -> new Tunable(cells[0].trim(), cells[1].trim(), cells[2].trim()))
        .collect(Collectors.toList());
  }

  /** Returns {@code family.name}. */
  public String dottedName() {
    return family.label() + "." + name;
  }

  /** Returns the names of all tunables. */
  public List<String> tunableNames() {
    return tunables.stream().map(Tunable::name).collect(Collectors.toList());
  }

  /**
   * Refuses a tunable that this governor does not have.
   *
   * @throws NeuroBalancerException naming it and those that there are
   */
  public void check(GovernorSpec spec) {
    for (String tunable : spec.tunables().keySet()) {
      if (!tunableNames().contains(tunable)) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "The governor %s has no tunable '%s'.%nMaybe use %s.",
                name,
                tunable,
                tunables.isEmpty() ? "it without any" : String.join(", ", tunableNames())));
      }
    }
  }

  /** Returns the infos sorted by family, then as given. */
  public static List<GovernorInfo> byFamily(List<GovernorInfo> infos) {
    return Arrays.stream(Family.values())
        .flatMap(family -> infos.stream().filter(info -> info.family() == family))
        .collect(Collectors.toList());
  }
}
