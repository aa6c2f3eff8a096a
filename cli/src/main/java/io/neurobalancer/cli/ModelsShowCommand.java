package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.ModelStatements;
import io.neurobalancer.workload.ModelFacts;
import io.neurobalancer.workload.Workload;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how a model was read. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows how a model was read: operators by kind, FLOPs, bytes, precision, what was assumed,"
            + " branches and loops, operators without a formula.")
final class ModelsShowCommand implements Callable<Integer> {

  private static final String SCHEMA = "neurobalancer/model/1";

  @Parameters(paramLabel = "MODEL", description = "An .onnx file, or zoo:NAME.")
  private String model = "";

  @Option(names = "--shape", paramLabel = "INPUT=1,3,224,224", description = "As for 'plan'.")
  private List<String> shapes = new ArrayList<>();

  @Option(names = "--input", paramLabel = "INPUT=VALUE", description = "As for 'plan'.")
  private List<String> values = new ArrayList<>();

  @Option(names = "--json", description = "Prints JSON, schema " + SCHEMA + ".")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Workload workload = ModelOptions.load(model, InputBindings.parse(shapes, values));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(tree(workload).toPrettyString());
    } else {
      out.print(ModelStatements.account(workload));
    }
    return ExitCode.OK;
  }

  private static ObjectNode tree(Workload workload) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("name", workload.name());
    root.put("hash", workload.hash());
    root.put("operators", workload.size());
    root.put("flops", workload.flops());
    root.put("weightBytes", workload.weightBytes());
    root.put("bytes", workload.bytes());
    ArrayNode kinds = root.putArray("kinds");
    for (ModelStatements.KindSum sum : ModelStatements.byKind(workload)) {
      kinds
          .addObject()
          .put("kind", sum.kind())
          .put("operators", sum.operators())
          .put("flops", sum.flops())
          .put("weightBytes", sum.weightBytes())
          .put("activationBytes", sum.activationBytes());
    }
    ObjectNode precisions = root.putObject("precisions");
    ModelStatements.byPrecision(workload).forEach(precisions::put);
    ArrayNode unknown = root.putArray("withoutFormula");
    workload
        .unknownOperators()
        .forEach(
            operator ->
                unknown
                    .addObject()
                    .put("name", operator.name())
                    .put("type", operator.type())
                    .put("bytes", operator.bytes()));
    ArrayNode assumptions = root.putArray("assumptions");
    workload.facts().assumptions().forEach(assumptions::add);
    ArrayNode flows = root.putArray("controlFlow");
    for (ModelFacts.ControlFlow flow : workload.facts().controlFlow()) {
      ObjectNode node = flows.addObject();
      node.put("operator", flow.operator()).put("type", flow.type());
      ArrayNode bodies = node.putArray("bodies");
      for (ModelFacts.Body body : flow.bodies()) {
        bodies
            .addObject()
            .put("name", body.name())
            .put("executions", body.executions())
            .put("operators", body.operators())
            .put("flops", body.flops())
            .put("weightBytes", body.weightBytes());
      }
    }
    return root;
  }
}
