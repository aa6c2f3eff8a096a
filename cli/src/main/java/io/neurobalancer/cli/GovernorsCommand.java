package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the governors that can be compared. */
@Command(
    name = "governors",
    mixinStandardHelpOptions = true,
    description = "Lists the governors that 'compare' can run.")
final class GovernorsCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/governors/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TextTable table = new TextTable("governor", "what it is");
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/governors/1");
    ArrayNode governors = root.putArray("governors");
    for (String name : GovernorCatalog.names()) {
      table.row(name, GovernorCatalog.note(name));
      governors.addObject().put("name", name).put("note", GovernorCatalog.note(name));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(root.toPrettyString());
    } else {
      out.print(table.render());
    }
    return ExitCode.OK;
  }
}
