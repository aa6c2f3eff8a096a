package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.oracle.HindsightPair;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The governors that a comparison can run, in the order of its table, with what each is. */
public final class GovernorCatalog {

  public static final String OURS = "neurobalancer";
  public static final String STATIC = "neurobalancer-static";
  public static final String STOCK = "stock";
  public static final String PERFORMANCE = "performance";
  public static final String CORE_ONLY = "core-only";
  public static final String MEMORY_ONLY = "memory-only";
  public static final String CLAIRVOYANT = "clairvoyant";

  private static final String ALL = "all";
  private static final String LISTING = "neurobalancer governors";

  private static final List<GovernorInfo> ENTRIES =
      Stream.of(
              Stream.of(
                  plan(OURS, "our plan with feedback, unless a pilot shows something better"),
                  plan(STATIC, "our certified plan, followed without feedback"),
                  plan("two-pair", "the best plan of at most two settings, one after the other"),
                  plan("single-pair", "the one best setting for the whole job"),
                  plan("class-greedy", "greedy per operator class, equal neighbours merged"),
                  plan("mckp-greedy", "greedy per operator over Pareto steps; prices no switch"),
                  plan("hull-greedy", "greedy per operator over convex-hull steps"),
                  plan("race-to-idle", "fastest setting, then idle"),
                  plan(CORE_ONLY, "the best core clock held, stock's governor on the memory clock"),
                  plan(MEMORY_ONLY, "the best memory clock held, stock's governor on the core")),
              Baselines.catalog().stream(),
              Stream.of(
                  HindsightPair.INFO,
                  new GovernorInfo(
                      CLAIRVOYANT,
                      GovernorInfo.Family.BOUND,
                      GovernorInfo.Role.BOTH,
                      GovernorInfo.Hardware.ANY,
                      "oracle: knows each job's true costs; a bound, no contender",
                      "plans every job from the simulator's truth, weather included",
                      List.of())))
          .flatMap(entries -> entries)
          .toList();

  private static final List<String> DEFAULT =
      List.of(
          OURS,
          STATIC,
          "two-pair",
          "single-pair",
          "class-greedy",
          "mckp-greedy",
          "hull-greedy",
          "race-to-idle",
          STOCK,
          PERFORMANCE,
          CLAIRVOYANT);

  private GovernorCatalog() {}

  private static GovernorInfo plan(String name, String summary) {
    return new GovernorInfo(
        name,
        GovernorInfo.Family.PLAN,
        GovernorInfo.Role.BOTH,
        GovernorInfo.Hardware.ANY,
        summary,
        "NeuroBalancer's planners, from measurements of the device",
        List.of());
  }

  public static List<GovernorInfo> entries() {
    return ENTRIES;
  }

  public static List<String> names() {
    return ENTRIES.stream().map(GovernorInfo::name).toList();
  }

  /** Returns the entry of a plain or dotted name. */
  public static Optional<GovernorInfo> find(String name) {
    return ENTRIES.stream()
        .filter(info -> info.name().equals(name) || info.dottedName().equals(name))
        .findFirst();
  }

  /** Returns the entry of a name. */
  public static GovernorInfo get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    "There is no governor '%s'.".formatted(name)
                        + Suggestions.maybe(name, names(), "", LISTING)));
  }

  /** Returns what a governor is, its tunables aside. */
  public static String note(String text) {
    return find(GovernorSpec.parse(text).name()).map(GovernorInfo::summary).orElse("");
  }

  /**
   * Returns the governors that an option names, ours always among them, in the order of the
   * catalog. {@code all} stands for every one that is complete without being told more: no single
   * voter on the memory clock, nothing that needs a table or clocks.
   */
  public static List<String> select(List<String> wanted) {
    if (wanted.isEmpty()) {
      return DEFAULT;
    }
    Set<String> chosen = new LinkedHashSet<>();
    chosen.add(OURS);
    for (String text : wanted) {
      if (text.equals(ALL)) {
        ENTRIES.stream().filter(GovernorCatalog::complete).forEach(info -> chosen.add(info.name()));
      } else {
        chosen.add(checked(text));
      }
    }
    List<String> order = names();
    List<String> sorted = new ArrayList<>(chosen);
    sorted.sort(Comparator.comparingInt(text -> order.indexOf(GovernorSpec.parse(text).name())));
    return sorted;
  }

  private static boolean complete(GovernorInfo info) {
    return info.role() != GovernorInfo.Role.MEMORY
        && !info.name().equals("userspace")
        && info.tunables().stream().noneMatch(tunable -> tunable.fallback().isEmpty());
  }

  /** Returns a governor's text with its plain name, once its name and tunables are known ones. */
  private static String checked(String text) {
    GovernorSpec spec = GovernorSpec.parse(text);
    GovernorInfo info = get(spec.name());
    for (String tunable : spec.tunables().keySet()) {
      if (!info.tunableNames().contains(tunable)) {
        throw NeuroBalancerException.invalid(
            "The governor %s has no tunable '%s'.".formatted(info.name(), tunable)
                + Suggestions.maybe(tunable, info.tunableNames(), "", LISTING + " " + info.name()));
      }
    }
    return GovernorSpec.of(info.name(), spec.tunables()).text();
  }
}
