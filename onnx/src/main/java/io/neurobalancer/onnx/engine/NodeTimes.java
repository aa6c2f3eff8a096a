package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads the time of every node off the profile that ONNX Runtime writes. */
final class NodeTimes {

  /** Nodes are renamed for profiling: ONNX Runtime writes names into its JSON as they are. */
  private static final String NAME = "neurobalancer#";

  private static final String SUFFIX = "_kernel_time";

  private NodeTimes() {}

  /** Returns the graph with its nodes named by their place. */
  static ModelProto numbered(ModelProto model) {
    ModelProto.Builder numbered = model.toBuilder();
    int place = 0;
    for (NodeProto.Builder node : numbered.getGraphBuilder().getNodeBuilderList()) {
      node.setName(NAME + place++);
    }
    return numbered.build();
  }

  /** Opens a session that profiles a graph as it is. */
  static OrtSession open(
      ModelProto numbered, EngineOptions engine, SharedWeights weights, Path folder)
      throws IOException, OrtException {
    Path file = folder.resolve("profiled.onnx");
    Graphs.write(numbered, file);
    try (OrtSession.SessionOptions options = OrtRuntime.options(engine, OptLevel.NO_OPT)) {
      weights.addTo(options, numbered.getGraph().getInitializerList());
      options.enableProfiling(folder.resolve("profile").toString());
      return OrtRuntime.environment(engine).createSession(file.toString(), options);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Runs a graph a few times and returns the least time of each of its nodes after the first run.
   *
   * @return seconds by place in the graph
   */
  static double[] roughly(
      ModelProto model,
      EngineOptions engine,
      SharedWeights weights,
      Path folder,
      Map<String, OnnxTensor> feeds,
      OrtSession.RunOptions options,
      int runs)
      throws IOException, OrtException {
    ModelProto numbered = numbered(model);
    int nodes = numbered.getGraph().getNodeCount();
    try (OrtSession session = open(numbered, engine, weights, folder)) {
      for (int r = 0; r <= runs; r++) {
        session.run(feeds, options).close();
      }
      double[] seconds = new double[nodes];
      Arrays.fill(seconds, Double.POSITIVE_INFINITY);
      List<double[]> micros = end(session, nodes);
      for (double[] run : micros.subList(1, micros.size())) {
        for (int n = 0; n < nodes; n++) {
          seconds[n] = Math.min(seconds[n], run[n] * 1e-6);
        }
      }
      return seconds;
    }
  }

  /**
   * Ends the profiling of a session and returns what it noted.
   *
   * @return per run, microseconds by place in the graph
   */
  static List<double[]> end(OrtSession session, int nodes) throws IOException, OrtException {
    Path file = Path.of(session.endProfiling());
    try {
      return read(file, nodes);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static List<double[]> read(Path file, int nodes) throws IOException {
    List<double[]> runs = new ArrayList<>();
    int[] seen = new int[nodes];
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
          event(json, nodes, seen, runs);
        }
      }
    }
    return runs;
  }

  /** Reads one event; a node's n-th event belongs to the n-th run. */
  private static void event(JsonParser json, int nodes, int[] seen, List<double[]> runs)
      throws IOException {
    String name = "";
    double micros = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "name" -> name = json.getText();
        case "dur" -> micros = json.getDoubleValue();
        default -> json.skipChildren();
      }
    }
    if (!name.startsWith(NAME) || !name.endsWith(SUFFIX)) {
      return;
    }
    int node = Integer.parseInt(name.substring(NAME.length(), name.length() - SUFFIX.length()));
    int run = seen[node]++;
    while (runs.size() <= run) {
      runs.add(new double[nodes]);
    }
    runs.get(run)[node] = micros;
  }
}
