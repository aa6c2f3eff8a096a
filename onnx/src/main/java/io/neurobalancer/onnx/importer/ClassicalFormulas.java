package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.neurobalancer.onnx.importer.KernelFormulas.Formula;
import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models of before deep learning (domain ai.onnx.ml), transforms of signals, and texts. */
final class ClassicalFormulas {

  /** A node of a tree: feature, threshold, two successors, mode. */
  private static final long NODE_BYTES = 20;

  static final Map<String, Formula> FORMULAS = new HashMap<>();

  static {
    FORMULAS.put("TreeEnsembleRegressor TreeEnsembleClassifier", ClassicalFormulas::trees);
    FORMULAS.put("TreeEnsemble", ClassicalFormulas::ensemble);
    FORMULAS.put("LinearRegressor LinearClassifier", ClassicalFormulas::linear);
    FORMULAS.put("SVMRegressor SVMClassifier", ClassicalFormulas::supportVectors);
    FORMULAS.put("Normalizer", k -> perInput(k, OperatorKind.NORMALIZATION, 3));
    FORMULAS.put("Scaler", k -> perOutput(k, OperatorKind.ELEMENTWISE, 2));
    FORMULAS.put("Binarizer Imputer", k -> perOutput(k, OperatorKind.ELEMENTWISE, 1));
    FORMULAS.put(
        "ArrayFeatureExtractor LabelEncoder CategoryMapper",
        k -> perOutput(k, OperatorKind.GATHER, 0));
    FORMULAS.put(
        "OneHotEncoder FeatureVectorizer", k -> perOutput(k, OperatorKind.DATA_MOVEMENT, 0));
    FORMULAS.put("ZipMap CastMap DictVectorizer", k -> new Work(OperatorKind.DATA_MOVEMENT, 0));
    FORMULAS.put("TfIdfVectorizer StringNormalizer", k -> new Work(OperatorKind.GATHER, 0));
    FORMULAS.put("DFT Rfft Irfft", ClassicalFormulas::fourier);
    FORMULAS.put("STFT", ClassicalFormulas::shortTimeFourier);
    FORMULAS.put("Det Inverse", ClassicalFormulas::elimination);
  }

  private ClassicalFormulas() {}

  private static Work perInput(Kernel k, OperatorKind kind, long each) {
    return new Work(kind, each * k.input(0).elements());
  }

  private static Work perOutput(Kernel k, OperatorKind kind, long each) {
    return new Work(kind, each * k.output().elements());
  }

  private static long rows(Kernel k) {
    TensorShape input = k.input(0);
    return input.rank() < 2 ? 1 : input.dimension(0);
  }

  /** A row goes down each tree: a comparison and a choice at each level. */
  private static Work trees(Kernel k) {
    List<Long> trees = k.integers("nodes_treeids");
    List<Long> ids = k.integers("nodes_nodeids");
    List<Long> left = k.integers("nodes_truenodeids");
    List<Long> right = k.integers("nodes_falsenodeids");
    AttributeProto modes = k.attributes().get("nodes_modes");
    int nodes = trees.size();
    if (modes == null
        || ids.size() != nodes
        || left.size() != nodes
        || right.size() != nodes
        || modes.getStringsCount() != nodes) {
      throw new IndexOutOfBoundsException(nodes);
    }
    Map<List<Long>, Integer> places = new HashMap<>();
    for (int n = 0; n < nodes; n++) {
      places.put(List.of(trees.get(n), ids.get(n)), n);
    }
    int[] depths = new int[nodes];
    Arrays.fill(depths, -1);
    boolean[] child = new boolean[nodes];
    for (int n = 0; n < nodes; n++) {
      if (!leaf(modes, n)) {
        mark(places, child, trees.get(n), left.get(n));
        mark(places, child, trees.get(n), right.get(n));
      }
    }
    Map<Long, Integer> deepest = new HashMap<>();
    Deque<Integer> open = new ArrayDeque<>();
    for (int n = 0; n < nodes; n++) {
      if (!child[n]) {
        depths[n] = 0;
        open.add(n);
      }
    }
    while (!open.isEmpty()) {
      int n = open.remove();
      deepest.merge(trees.get(n), depths[n], Math::max);
      for (List<Long> successors : leaf(modes, n) ? List.<List<Long>>of() : List.of(left, right)) {
        Integer next = places.get(List.of(trees.get(n), successors.get(n)));
        if (next != null && depths[next] < 0) {
          depths[next] = depths[n] + 1;
          open.add(next);
        }
      }
    }
    long levels = deepest.values().stream().mapToLong(Integer::longValue).sum();
    return new Work(OperatorKind.GATHER, 2 * rows(k) * levels, NODE_BYTES * nodes);
  }

  private static boolean leaf(AttributeProto modes, int node) {
    return modes.getStrings(node).toStringUtf8().equals("LEAF");
  }

  private static void mark(Map<List<Long>, Integer> places, boolean[] child, long tree, long id) {
    Integer at = places.get(List.of(tree, id));
    if (at != null) {
      child[at] = true;
    }
  }

  /** Version 5 of the domain: balanced trees are assumed, whose depth their size tells. */
  private static Work ensemble(Kernel k) {
    long nodes = k.integers("nodes_featureids").size();
    long trees = Math.max(1, k.integers("tree_roots").size());
    long depth = Math.max(1, Math.round(Math.log((double) nodes / trees + 1) / Math.log(2)));
    return new Work(OperatorKind.GATHER, 2 * rows(k) * trees * depth, NODE_BYTES * nodes);
  }

  private static Work linear(Kernel k) {
    long coefficients = k.floats("coefficients");
    return new Work(OperatorKind.MATMUL, 2 * rows(k) * coefficients, 4 * coefficients);
  }

  private static Work supportVectors(Kernel k) {
    long vectors = k.floats("support_vectors");
    long coefficients = k.floats("coefficients");
    return new Work(
        OperatorKind.MATMUL, 2 * rows(k) * (vectors + coefficients), 4 * (vectors + coefficients));
  }

  /** Five n log2 n operations for each transform of n points. */
  private static Work fourier(Kernel k) {
    TensorShape output = k.output();
    TensorShape input = k.input(0);
    // The last axis is the real and the imaginary part.
    int axis = (int) k.integer("axis", input.rank() > 2 ? 1 : 0);
    long points = Math.max(input.dimension(axis), output.dimension(axis));
    long transforms = output.elements() / output.dimension(-1) / output.dimension(axis);
    return new Work(OperatorKind.REDUCTION, transform(points, transforms));
  }

  private static Work shortTimeFourier(Kernel k) {
    TensorShape output = k.output();
    boolean oneSided = k.integer("onesided", 1) != 0;
    long bins = output.dimension(2);
    long points = k.has(2) ? k.input(2).elements() : oneSided ? 2 * (bins - 1) : bins;
    long frames = output.dimension(0) * output.dimension(1);
    return new Work(OperatorKind.REDUCTION, transform(points, frames) + frames * points);
  }

  private static long transform(long points, long times) {
    double one = 5.0 * points * StrictMath.log((double) Math.max(2, points)) / StrictMath.log(2);
    return Math.multiplyExact(times, Math.round(one));
  }

  /** Two thirds n cubed for each matrix. */
  private static Work elimination(Kernel k) {
    TensorShape input = k.input(0);
    long n = input.dimension(-1);
    long matrices = n == 0 ? 0 : input.elements() / (n * n);
    long factor = k.type().equals("Inverse") ? 2 : 1;
    return new Work(OperatorKind.MATMUL, factor * matrices * (2 * n * n * n / 3));
  }
}
