package io.neurobalancer.cli;

import io.neurobalancer.evaluation.Suggestions;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Names the model that a command works on. */
final class ModelOptions {

  static final String ZOO = "zoo:";

  private static final double BYTES_PER_PARAMETER = 4;
  private static final double WORTH_SAYING_BYTES = 200e6;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = "zoo:mobilenet-v2",
      description =
          "An .onnx file, or zoo:NAME as 'models' lists them (default: ${DEFAULT-VALUE}).")
  private String model = "";

  @Option(
      names = "--shape",
      paramLabel = "INPUT=1,3,224,224",
      description =
          "Binds the dimensions of a model input, or one dynamic dimension by its name"
              + " (sequence=64); repeat it for further ones.")
  private List<String> shapes = new ArrayList<>();

  @Option(
      names = "--input",
      paramLabel = "INPUT=VALUE",
      description =
          "What a model input holds, where that decides how much is computed: numbers (length=80,"
              + " shape=1,64), zeros, ones, random, range or @file.npy; repeat it for further"
              + " inputs.")
  private List<String> values = new ArrayList<>();

  /** Returns the model as the user named it. */
  String name() {
    return model;
  }

  /** Loads the operators of the model. */
  Workload load() {
    return load(model, InputBindings.parse(shapes, values));
  }

  /** Returns the file of the model; one of the zoo is generated if it is not there yet. */
  Path path() {
    return model.startsWith(ZOO)
        ? ModelZoo.materialize(zoo(model), Environment.cacheDirectory())
        : file(model);
  }

  /** Returns the shapes that the user gave to inputs. */
  Map<String, List<Long>> shapes() {
    return InputBindings.parse(shapes).shapes();
  }

  /** Loads the operators of a model named as on the command line. */
  static Workload load(String model, InputBindings bindings) {
    return model.startsWith(ZOO)
        ? OnnxWorkloads.loadTrusted(
            ModelZoo.materialize(zoo(model), Environment.cacheDirectory()),
            bindings,
            Environment.cacheDirectory())
        : OnnxWorkloads.load(file(model), bindings);
  }

  /**
   * Returns what tells a model from others of the same name: a digest of its file, or nothing for a
   * zoo model, which depends on the build only.
   *
   * @throws NeuroBalancerException if there is no such model
   */
  static String identity(String model) {
    if (model.startsWith(ZOO)) {
      zoo(model);
      return "";
    }
    return OnnxWorkloads.fileHash(file(model));
  }

  /** Says beforehand when models that are not in the cache yet will fill much of a disk. */
  static void warnOfSize(Screen screen, Collection<String> names) {
    Path cache = Environment.cacheDirectory();
    double bytes =
        ModelZoo.models().stream()
            .filter(model -> names.contains(ZOO + model.name()))
            .filter(model -> !Files.exists(ModelZoo.file(model, cache)))
            .mapToDouble(model -> BYTES_PER_PARAMETER * model.publishedParameters())
            .filter(Double::isFinite)
            .sum();
    if (bytes > WORTH_SAYING_BYTES) {
      screen.note(
          "Generating models of %.0f MB in '%s' ('neurobalancer cache' shows and clears it) ...%n",
          bytes / 1e6, cache);
    }
  }

  private static ZooModel zoo(String model) {
    String name = model.substring(ZOO.length());
    return ModelZoo.find(name)
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    "The zoo has no model '%s'.".formatted(name) + maybe(name)));
  }

  private static Path file(String model) {
    Path file;
    try {
      file = Path.of(model);
    } catch (InvalidPathException e) {
      throw NeuroBalancerException.invalid("'%s' is no file name.".formatted(model), e);
    }
    if (!Files.exists(file) && !Suggestions.nearest(model, zooNames()).isEmpty()) {
      throw NeuroBalancerException.invalid(
          "There is no model file '%s'.".formatted(model) + maybe(model));
    }
    return file;
  }

  private static String maybe(String name) {
    return Suggestions.maybe(name, zooNames(), ZOO, "neurobalancer models");
  }

  private static List<String> zooNames() {
    return ModelZoo.models().stream().map(ZooModel::name).toList();
  }
}
