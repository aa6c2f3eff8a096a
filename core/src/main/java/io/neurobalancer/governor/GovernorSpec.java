package io.neurobalancer.governor;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The name of a governor and its tunables, as an init script or a user sets them. Values are kept
 * as text; lists are separated by spaces, as in sysfs.
 *
 * @param name the kernel's name, such as {@code schedutil}
 * @param tunables by name, such as {@code up_rate_limit_us}
 */
public record GovernorSpec(String name, SortedMap<String, String> tunables) {

  public GovernorSpec {
    tunables = Collections.unmodifiableSortedMap(new TreeMap<>(tunables));
  }

  /** Returns a spec with all tunables at their defaults. */
  public static GovernorSpec of(String name) {
    return new GovernorSpec(name, new TreeMap<>());
  }

  /** Returns a spec with these tunables. */
  public static GovernorSpec of(String name, Map<String, String> tunables) {
    return new GovernorSpec(name, new TreeMap<>(tunables));
  }

  /** Returns a tunable as a whole number, or {@code fallback} where it is not set. */
  public long number(String tunable, long fallback) {
    @Nullable String text = tunables.get(tunable);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The tunable %s of governor %s ('%s') must be a whole number."
              .formatted(tunable, name, text),
          e);
    }
  }

  /** Returns a tunable as whole numbers, or {@code fallback} where it is not set. */
  public long[] numbers(String tunable, long... fallback) {
    @Nullable String text = tunables.get(tunable);
    if (text == null) {
      return fallback.clone();
    }
    try {
      return Arrays.stream(text.strip().split("[ ,]+")).mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The tunable %s of governor %s ('%s') must be whole numbers separated by spaces."
              .formatted(tunable, name, text),
          e);
    }
  }
}
