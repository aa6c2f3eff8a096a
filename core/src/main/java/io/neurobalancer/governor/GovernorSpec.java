package io.neurobalancer.governor;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
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

  /**
   * Reads {@code name} or {@code name:tunable=value:tunable=value}. A colon that no {@code
   * tunable=} follows belongs to the value, as in {@code mem_latency:core_dev_table=500000:1144
   * 1000000:2086:ratio_ceil=400}.
   *
   * @throws NeuroBalancerException if the name is missing, or text before the first tunable is not
   *     one
   */
  public static GovernorSpec parse(String text) {
    String[] parts = text.trim().split(":", -1);
    if (parts[0].trim().isEmpty() || parts[0].contains("=")) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The governor '%s' has no name.%nMaybe write it as name or name:tunable=value.",
              text));
    }
    SortedMap<String, String> tunables = new TreeMap<>();
    String last = "";
    for (int p = 1; p < parts.length; p++) {
      int equals = parts[p].indexOf('=');
      if (equals > 0) {
        last = parts[p].substring(0, equals).trim();
        tunables.put(last, parts[p].substring(equals + 1).trim());
      } else if (last.isEmpty()) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "'%s' after the governor %s is no tunable.%nMaybe write it as %s:tunable=value.",
                parts[p],
                parts[0],
                parts[0]));
      } else {
        tunables.merge(last, parts[p], (before, more) -> before + ":" + more);
      }
    }
    return new GovernorSpec(parts[0].trim(), tunables);
  }

  /** Returns the text that {@link #parse} reads. */
  public String text() {
    StringBuilder text = new StringBuilder(name);
    tunables.forEach((key, value) -> text.append(':').append(key).append('=').append(value));
    return text.toString();
  }

  /** Returns a tunable as text, or {@code fallback} where it is not set. */
  public String text(String tunable, String fallback) {
    return tunables.getOrDefault(tunable, fallback).trim();
  }

  /**
   * Returns a tunable as a whole number within a range, or {@code fallback} where it is not set.
   *
   * @throws NeuroBalancerException if it is no whole number or outside {@code least} to {@code
   *     most}
   */
  public long number(String tunable, long fallback, long least, long most) {
    long value = number(tunable, fallback);
    if (value < least || value > most) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable %s of governor %s (%d) must be from %d to %d.",
              tunable,
              name,
              value,
              least,
              most));
    }
    return value;
  }

  /**
   * Returns a tunable as a real number within a range, or {@code fallback} where it is not set.
   *
   * @throws NeuroBalancerException if it is no number or outside {@code least} to {@code most}
   */
  public double real(String tunable, double fallback, double least, double most) {
    @Nullable String text = tunables.get(tunable);
    if (text == null) {
      return fallback;
    }
    double value;
    try {
      value = Double.parseDouble(text.trim());
    } catch (NumberFormatException e) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable %s of governor %s ('%s') must be a number.",
              tunable,
              name,
              text),
          e);
    }
    if (!(value >= least && value <= most)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable %s of governor %s (%s) must be from %s to %s.",
              tunable,
              name,
              text.trim(),
              least,
              most));
    }
    return value;
  }

  /** Returns a tunable as a whole number, or {@code fallback} where it is not set. */
  public long number(String tunable, long fallback) {
    @Nullable String text = tunables.get(tunable);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable %s of governor %s ('%s') must be a whole number.",
              tunable,
              name,
              text),
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
      return Arrays.stream(text.trim().split("[ ,]+")).mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The tunable %s of governor %s ('%s') must be whole numbers separated by spaces.",
              tunable,
              name,
              text),
          e);
    }
  }
}
