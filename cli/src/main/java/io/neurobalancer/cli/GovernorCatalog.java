package io.neurobalancer.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The governors that a comparison can run, in the order of its table, with what each is. */
final class GovernorCatalog {

  static final String OURS = "neurobalancer-static";
  static final String STOCK = "stock";
  static final String PERFORMANCE = "performance";
  static final String POWERSAVE = "powersave";
  static final String CLAIRVOYANT = "clairvoyant";

  private static final Map<String, String> NOTES = new LinkedHashMap<>();

  static {
    NOTES.put(OURS, "our certified plan, followed without feedback");
    NOTES.put("paper-greedy", "greedy over Pareto steps, as the paper's planner is understood");
    NOTES.put("hull-greedy", "greedy over convex-hull steps");
    NOTES.put("single-pair", "the one best pair for the whole job");
    NOTES.put("core-only", "best core clocks, memory at its fastest");
    NOTES.put("memory-only", "best memory clocks, cores at their fastest");
    NOTES.put("race-to-idle", "fastest pair, then idle at the slowest");
    NOTES.put(STOCK, "what the device's image runs");
    NOTES.put(PERFORMANCE, "fastest clocks, busy or idle");
    NOTES.put(POWERSAVE, "slowest clocks, busy or idle");
    NOTES.put(CLAIRVOYANT, "oracle: knows each job's true costs; a bound, no contender");
  }

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

  static Set<String> names() {
    return NOTES.keySet();
  }

  static String note(String name) {
    return NOTES.getOrDefault(name, "");
  }

  /** Returns the governors that an option names; ours is always among them. */
  static List<String> select(List<String> wanted) {
    if (wanted.isEmpty()) {
      return DEFAULT;
    }
    Set<String> chosen = new LinkedHashSet<>();
    chosen.add(OURS);
    for (String name : wanted) {
      if (name.equals("all")) {
        chosen.addAll(NOTES.keySet());
      } else if (NOTES.containsKey(name)) {
        chosen.add(name);
      } else {
        throw CliException.usage(
            "There is no governor '%s'.".formatted(name)
                + Suggestions.maybe(name, NOTES.keySet(), "", "neurobalancer governors"));
      }
    }
    return NOTES.keySet().stream().filter(chosen::contains).toList();
  }
}
