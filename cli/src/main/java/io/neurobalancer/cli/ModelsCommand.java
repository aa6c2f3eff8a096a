package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the zoo. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    subcommands = ModelsShowCommand.class,
    description = {
      "Lists the models that can be generated: operators after fusion, GFLOPs, MB of weights, FLOPs"
          + " per byte.",
      "Each is generated on first use into the user's cache directory; the first run takes a while.",
      "'models show FILE' tells all about one, a file or zoo:NAME."
    })
final class ModelsCommand implements Callable<Integer> {

  private static final String SCHEMA = "neurobalancer/models/1";

  @Option(names = "--json", description = "Prints JSON, schema " + SCHEMA + ".")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    ObjectNode listing = listing();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(listing.toPrettyString());
      return ExitCode.OK;
    }
    TextTable table =
        new TextTable("model", ">operators", ">GFLOPs", ">MB", ">FLOPs/byte", "what", "paper");
    for (JsonNode model : listing.get("models")) {
      table.row(
          model.get("name").textValue(),
          model.get("operators").asText(),
          String.format(Locale.ROOT, "%.3f", model.get("flops").doubleValue() / 1e9),
          String.format(Locale.ROOT, "%.1f", model.get("weightBytes").doubleValue() / 1e6),
          String.format(Locale.ROOT, "%.1f", model.get("flopsPerByte").doubleValue()),
          model.get("title").textValue(),
          model.get("paper").textValue());
    }
    out.print(table.render());
    return ExitCode.OK;
  }

  /** Counts the zoo once per build: what a build generates and counts never changes. */
  private static ObjectNode listing() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path cache = Environment.cacheDirectory();
    String build = Environment.buildHash();
    Path kept = cache.resolve("models-" + build + ".json");
    boolean reusable = !build.equals(Environment.DEVELOPMENT);
    if (reusable && Files.exists(kept)) {
      JsonNode listing = mapper.readTree(Files.readString(kept));
      if (listing.path("schema").asText().equals(SCHEMA)) {
        return (ObjectNode) listing;
      }
    }
    ObjectNode listing = mapper.createObjectNode();
    listing.put("schema", SCHEMA);
    count(listing.putArray("models"));
    if (reusable) {
      try {
        AtomicFiles.write(kept, listing.toPrettyString());
      } catch (NeuroBalancerException e) {
        // A listing that cannot be kept is counted again next time.
        return listing;
      }
    }
    return listing;
  }

  private static void count(ArrayNode models) {
    if (!Environment.interactive()) {
      ModelZoo.models().forEach(model -> models.add(count(model)));
      return;
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("models")
            .setInitialMax(ModelZoo.models().size())
            .clearDisplayOnFinish()
            .build()) {
      for (ZooModel model : ModelZoo.models()) {
        bar.setExtraMessage(model.name());
        models.add(count(model));
        bar.step();
      }
    }
  }

  private static ObjectNode count(ZooModel model) {
    Workload workload = ModelOptions.load(ModelOptions.ZOO + model.name(), InputBindings.NONE);
    return new ObjectMapper()
        .createObjectNode()
        .put("name", ModelOptions.ZOO + model.name())
        .put("title", model.title())
        .put("paper", model.paper())
        .put("operators", workload.size())
        .put("flops", workload.flops())
        .put("weightBytes", workload.weightBytes())
        .put("flopsPerByte", workload.arithmeticIntensity());
  }
}
