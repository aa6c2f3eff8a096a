package io.neurobalancer.evaluation;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.baseline.Baselines;
import io.neurobalancer.simulator.baseline.GovernorInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The governors that a comparison can run, in the order of its table, with what each is. */
final class GovernorCatalog {

  static final String OURS = "neurobalancer-static";
  static final String STOCK = "stock";
  static final String PERFORMANCE = "performance";
  static final String CLAIRVOYANT = "clairvoyant";

  private static final String ALL = "all";
  private static final String LISTING = "neurobalancer governors";

  private static final List<GovernorInfo> ENTRIES =
      Stream.of(
              Stream.of(
                  plan(OURS, "our certified plan, followed without feedback"),
                  plan("paper-greedy", "greedy over Pareto steps, as the paper's is understood"),
                  plan("hull-greedy", "greedy over convex-hull steps"),
                  plan("single-pair", "the one best pair for the whole job"),
                  plan("core-only", "best core clocks, memory at its fastest"),
                  plan("memory-only", "best memory clocks, cores at their fastest"),
                  plan("race-to-idle", "fastest pair, then idle at the slowest")),
              Baselines.catalog().stream(),
              Stream.of(
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
          "paper-greedy",
          "hull-greedy",
          "single-pair",
          "core-only",
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

  static List<GovernorInfo> entries() {
    return ENTRIES;
  }

  static List<String> names() {
    return ENTRIES.stream().map(GovernorInfo::name).toList();
  }

  /** Returns the entry of a plain or dotted name. */
  static Optional<GovernorInfo> find(String name) {
    return ENTRIES.stream()
        .filter(info -> info.name().equals(name) || info.dottedName().equals(name))
        .findFirst();
  }

  /** Returns the entry of a name. */
  static GovernorInfo get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "There is no governor '%s'.".formatted(name)
                        + Suggestions.maybe(name, names(), "", LISTING)));
  }

  /** Returns what a governor is, its tunables aside. */
  static String note(String text) {
    return find(GovernorSpec.parse(text).name()).map(GovernorInfo::summary).orElse("");
  }

  /**
   * Returns the governors that an option names, ours always among them, in the order of the
   * catalog. {@code all} stands for every one that is complete without being told more: no single
   * voter on the memory clock, nothing that needs a table or clocks.
   */
  static List<String> select(List<String> wanted) {
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
        throw CliException.usage(
            "The governor %s has no tunable '%s'.".formatted(info.name(), tunable)
                + Suggestions.maybe(tunable, info.tunableNames(), "", LISTING + " " + info.name()));
      }
    }
    return GovernorSpec.of(info.name(), spec.tunables()).text();
  }
}
