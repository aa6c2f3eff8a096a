package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.evaluation.GovernorCatalog;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the governors that can be compared. */
@Command(
    name = "governors",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the governors that 'compare' can run, by family, or one of them with its tunables.",
      "'compare --governors' takes NAME or NAME:tunable=value:tunable=value."
    },
    footer = {
      "",
      "Example: neurobalancer governors schedutil",
      "         neurobalancer compare --governors stock,schedutil:down_rate_limit_us=2000"
    })
final class GovernorsCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Shows this governor, its source and its tunables.")
  private @Nullable String name;

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/governors/2.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<GovernorInfo> shown =
        name == null ? GovernorCatalog.entries() : List.of(GovernorCatalog.get(name));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(document(shown).toPrettyString());
    } else if (name == null) {
      list(Screen.of(spec));
    } else {
      show(Screen.of(spec), shown.get(0));
    }
    return ExitCode.OK;
  }

  private static void list(Screen screen) {
    PrintWriter out = screen.out();
    TextTable table = new TextTable("family", "governor", "sets", "what it is", "source");
    GovernorInfo.@Nullable Family family = null;
    for (GovernorInfo info : GovernorCatalog.entries()) {
      table.row(
          info.family() == family ? "" : info.family().label(),
          info.name(),
          info.role().label(),
          info.summary(),
          info.source());
      family = info.family();
    }
    screen.table(table);
    out.println();
    omitted().values().forEach(out::println);
    out.println("'neurobalancer governors NAME' lists the tunables of one.");
  }

  private static void show(Screen screen, GovernorInfo info) {
    PrintWriter out = screen.out();
    out.printf("%s (%s)%n  %s%n", info.name(), info.dottedName(), info.summary());
    out.printf("  sets: %s%n  source: %s%n", info.role().label(), info.source());
    if (info.tunables().isEmpty()) {
      out.println("  no tunables");
      return;
    }
    out.println();
    TextTable table = new TextTable("tunable", "default", "meaning");
    for (GovernorInfo.Tunable tunable : info.tunables()) {
      table.row(
          tunable.name(),
          tunable.fallback().isEmpty() ? "none" : tunable.fallback(),
          tunable.meaning());
    }
    screen.table(table);
  }

  private static Map<String, String> omitted() {
    return new TreeMap<>(Baselines.omitted());
  }

  private static ObjectNode document(List<GovernorInfo> shown) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/governors/2");
    ArrayNode governors = root.putArray("governors");
    for (GovernorInfo info : shown) {
      ObjectNode node =
          governors
              .addObject()
              .put("name", info.name())
              .put("family", info.family().label())
              .put("sets", info.role().label())
              .put("note", info.summary())
              .put("source", info.source());
      ArrayNode tunables = node.putArray("tunables");
      for (GovernorInfo.Tunable tunable : info.tunables()) {
        ObjectNode entry = tunables.addObject().put("name", tunable.name());
        if (!tunable.fallback().isEmpty()) {
          entry.put("default", tunable.fallback());
        }
        entry.put("meaning", tunable.meaning());
      }
    }
    ArrayNode omitted = root.putArray("omitted");
    omitted().forEach((key, why) -> omitted.addObject().put("name", key).put("reason", why));
    return root;
  }
}
