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
      "Each is generated on first use into the user's cache directory; the first run takes a"
          + " while.",
      "'models show FILE' tells all about one, a file or zoo:NAME."
    })
final class ModelsCommand implements Callable<Integer> {

  private static final String SCHEMA = "neurobalancer/models/1";

  @Option(names = "--json", description = "Prints JSON, schema " + SCHEMA + ".")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    ObjectNode listing = listing(Screen.of(spec));
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
    Screen.of(spec).table(table);
    return ExitCode.OK;
  }

  /** Counts the zoo once per build: what a build generates and counts never changes. */
  private static ObjectNode listing(Screen screen) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path cache = Environment.cacheDirectory();
    String build = Environment.buildHash();
    Path kept = cache.resolve("models-" + build + ".json");
    boolean reusable = !build.equals(Environment.DEVELOPMENT);
    if (reusable && Files.exists(kept)) {
      try {
        if (mapper.readTree(Files.readString(kept)) instanceof ObjectNode listing
            && listing.path("schema").asText().equals(SCHEMA)
            && listing.path("models").size() == ModelZoo.models().size()) {
          return listing;
        }
      } catch (IOException e) {
        // A damaged listing is counted again and replaced.
        Files.deleteIfExists(kept);
      }
    }
    ObjectNode listing = mapper.createObjectNode();
    listing.put("schema", SCHEMA);
    count(screen, listing.putArray("models"));
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

  private static void count(Screen screen, ArrayNode models) {
    ModelOptions.warnOfSize(
        screen, ModelZoo.models().stream().map(model -> ModelOptions.ZOO + model.name()).toList());
    try (Progress progress = screen.progress("models", ModelZoo.models().size())) {
      for (ZooModel model : ModelZoo.models()) {
        progress.doing(model.name());
        models.add(count(model));
        progress.step();
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
