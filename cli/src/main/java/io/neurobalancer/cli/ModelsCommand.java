package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.onnx.OnnxWorkloads;
import io.neurobalancer.onnx.ShapeBindings;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.workload.Workload;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the zoo. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the models that can be generated: operators after fusion, GFLOPs, MB of weights, FLOPs per"
          + " byte.",
      "Each is generated on first use into the user's cache directory; the first run takes a while."
    })
final class ModelsCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/models/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TextTable table =
        new TextTable("model", ">operators", ">GFLOPs", ">MB", ">FLOPs/byte", "what", "paper");
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/models/1");
    ArrayNode models = root.putArray("models");
    for (ZooModel model : ModelZoo.models()) {
      Workload workload =
          OnnxWorkloads.load(
              ModelZoo.materialize(model, Environment.cacheDirectory()), ShapeBindings.NONE);
      table.row(
          ModelOptions.ZOO + model.name(),
          String.valueOf(workload.size()),
          String.format(Locale.ROOT, "%.3f", workload.flops() / 1e9),
          String.format(Locale.ROOT, "%.1f", workload.weightBytes() / 1e6),
          String.format(Locale.ROOT, "%.1f", workload.arithmeticIntensity()),
          model.title(),
          model.paper());
      models
          .addObject()
          .put("name", ModelOptions.ZOO + model.name())
          .put("title", model.title())
          .put("paper", model.paper())
          .put("operators", workload.size())
          .put("flops", workload.flops())
          .put("weightBytes", workload.weightBytes())
          .put("flopsPerByte", workload.arithmeticIntensity());
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
