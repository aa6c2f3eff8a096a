package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * FLOPs of a node of a graph as exported, by arithmetic on shapes as NumPy does it: from what goes
 * in wherever the operator's definition allows, where {@link KernelFormulas} starts from what comes
 * out, and by walking through indices where that one multiplies. Nothing of the importer is used.
 */
final class CountedByHand {

  private static final Map<String, Long> PER_BROADCAST = new HashMap<>();
  private static final Map<String, Long> PER_INPUT = new HashMap<>();
  private static final Map<String, Long> PER_RESULT = new HashMap<>();
  private static final Set<String> MOVES =
      words(
          "Transpose Concat Slice Split Pad Expand Tile DepthToSpace SpaceToDepth ConstantOfShape"
              + " OneHot Range Trilu EyeLike Compress ReverseSequence CenterCropPad Col2Im Reshape"
              + " Squeeze Unsqueeze Flatten Shape Size Identity Constant Dropout Gather GatherND"
              + " GatherElements Scatter ScatterND ScatterElements MaxUnpool TensorScatter"
              + " SplitToSequence SequenceAt SequenceInsert SequenceErase SequenceConstruct"
              + " SequenceEmpty SequenceLength ConcatFromSequence Optional OptionalGetElement"
              + " OptionalHasElement TfIdfVectorizer StringNormalizer LabelEncoder"
              + " ArrayFeatureExtractor");

  static {
    each(
        PER_BROADCAST,
        1,
        "Add Sub Mul Div Mod Where Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor"
            + " BitShift BitwiseAnd BitwiseOr BitwiseXor PRelu");
    each(PER_BROADCAST, 8, "Pow");
    each(
        PER_INPUT,
        1,
        "Neg Abs Not Floor Ceil Round Sign Reciprocal IsNaN IsInf BitwiseNot Relu LeakyRelu"
            + " ThresholdedRelu HardSigmoid Clip Shrink Bernoulli ReduceMean ReduceSum ReduceMax"
            + " ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum"
            + " ReduceLogSumExp ArgMax ArgMin TopK CumSum NonZero Unique GlobalAveragePool"
            + " GlobalMaxPool GlobalLpPool NegativeLogLikelihoodLoss NonMaxSuppression Binarizer");
    each(PER_INPUT, 2, "QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast CastLike");
    each(PER_INPUT, 2, "BatchNormalization");
    each(PER_INPUT, 4, "HardSwish Softsign");
    each(
        PER_INPUT,
        8,
        "Sqrt Exp Log Sin Cos Tan Atan Asin Acos Sinh Cosh Asinh Acosh Atanh LayerNormalization"
            + " InstanceNormalization GroupNormalization RMSNormalization"
            + " MeanVarianceNormalization LRN LpNormalization");
    each(
        PER_INPUT,
        12,
        "Sigmoid Tanh Erf Gelu Elu Selu Softplus Mish Celu Swish Softmax LogSoftmax Hardmax"
            + " SoftmaxCrossEntropyLoss");
    each(PER_RESULT, 7, "Resize Upsample GridSample RoiAlign AffineGrid");
    each(PER_RESULT, 8, "HannWindow HammingWindow BlackmanWindow MelWeightMatrix");
  }

  private final NodeProto node;
  private final List<long @Nullable []> in;
  private final List<long @Nullable []> out;

  private CountedByHand(NodeProto node, List<long @Nullable []> in, List<long @Nullable []> out) {
    this.node = node;
    this.in = in;
    this.out = out;
  }

  /**
   * Counts one execution of a node.
   *
   * @param in the shapes of its operands, null where one is absent or no tensor
   * @param out the shapes of its results, likewise
   * @return nothing where this class has no arithmetic for the operator
   */
  static OptionalLong flops(
      NodeProto node, List<long @Nullable []> in, List<long @Nullable []> out) {
    try {
      return new CountedByHand(node, in, out).count();
    } catch (IndexOutOfBoundsException | NullPointerException e) {
      return OptionalLong.empty();
    }
  }

  private static Set<String> words(String text) {
    return Set.of(text.split(" ", -1));
  }

  private static void each(Map<String, Long> table, long flops, String types) {
    words(types).forEach(type -> table.put(type, flops));
  }

  private OptionalLong count() {
    String type = node.getOpType();
    if (MOVES.contains(type)) {
      return OptionalLong.of(0);
    }
    if (PER_BROADCAST.containsKey(type)) {
      return OptionalLong.of(PER_BROADCAST.get(type) * size(broadcast(in)));
    }
    if (PER_INPUT.containsKey(type)) {
      return OptionalLong.of(PER_INPUT.get(type) * size(in.get(0)));
    }
    if (PER_RESULT.containsKey(type)) {
      return OptionalLong.of(PER_RESULT.get(type) * size(out.get(0)));
    }
    return switch (type) {
      case "Max", "Min", "Sum" -> OptionalLong.of((in.size() - 1) * size(broadcast(in)));
      case "Mean" -> OptionalLong.of(in.size() * size(broadcast(in)));
      case "Conv", "ConvInteger" -> OptionalLong.of(convolution(in.get(1)));
      case "QLinearConv" -> OptionalLong.of(convolution(in.get(3)));
      case "ConvTranspose" -> OptionalLong.of(scattered());
      case "DeformConv" -> OptionalLong.of(deformed());
      case "MatMul", "MatMulInteger" -> OptionalLong.of(product(in.get(0), in.get(1)));
      case "QLinearMatMul" -> OptionalLong.of(product(in.get(0), in.get(3)));
      case "Gemm" -> OptionalLong.of(general());
      case "Einsum" -> OptionalLong.of(einstein());
      case "LSTM" -> OptionalLong.of(recurrent(4));
      case "GRU" -> OptionalLong.of(recurrent(3));
      case "RNN" -> OptionalLong.of(recurrent(1));
      case "MaxPool", "AveragePool", "LpPool" -> OptionalLong.of(pooled());
      case "Attention" -> OptionalLong.of(attention());
      case "Det" -> OptionalLong.of(determinant());
      case "RotaryEmbedding" -> OptionalLong.of(3 * size(in.get(0)));
      default -> OptionalLong.empty();
    };
  }

  private static long size(long @Nullable [] shape) {
    long size = 1;
    for (long extent : present(shape)) {
      size *= extent;
    }
    return size;
  }

  private static long[] present(long @Nullable [] shape) {
    if (shape == null) {
      throw new IndexOutOfBoundsException("absent");
    }
    return shape;
  }

  private static long[] broadcast(List<long @Nullable []> shapes) {
    int rank = shapes.stream().mapToInt(shape -> present(shape).length).max().orElse(0);
    long[] result = new long[rank];
    Arrays.fill(result, 1);
    for (long[] each : shapes) {
      long[] shape = present(each);
      for (int back = 1; back <= shape.length; back++) {
        long extent = shape[shape.length - back];
        if (extent != 1) {
          result[rank - back] = extent;
        }
      }
    }
    return result;
  }

  private long attribute(String name, long otherwise) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }

  private List<Long> list(String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(AttributeProto::getIntsList)
        .findFirst()
        .orElse(List.of());
  }

  private String text(String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(attribute -> attribute.getS().toStringUtf8())
        .findFirst()
        .orElse("");
  }

  /** For each image, filter, place of the result, channel of the group and tap of the filter. */
  private long convolution(long @Nullable [] filter) {
    long[] w = present(filter);
    long[] x = present(in.get(0));
    long[] y = present(out.get(0));
    long channels = x[1] / attribute("group", 1);
    long places = size(Arrays.copyOfRange(y, 2, y.length));
    long taps = size(Arrays.copyOfRange(w, 2, w.length));
    long count = 0;
    for (long image = 0; image < x[0]; image++) {
      for (long m = 0; m < w[0]; m++) {
        count += places * channels * taps;
      }
    }
    return 2 * count;
  }

  /** Every element of the input is spread over a window of every channel of its group's result. */
  private long scattered() {
    long[] w = present(in.get(1));
    long[] y = present(out.get(0));
    long into = y[1] / attribute("group", 1);
    return 2 * size(in.get(0)) * into * size(Arrays.copyOfRange(w, 2, w.length));
  }

  private long deformed() {
    long[] x = present(in.get(0));
    long[] w = present(in.get(1));
    long[] y = present(out.get(0));
    long taps = w[2] * w[3];
    long samples = 7 * y[0] * x[1] * y[2] * y[3] * taps;
    return convolution(w) + samples;
  }

  /** As numpy.matmul has it. */
  private static long product(long @Nullable [] first, long @Nullable [] second) {
    long[] a = present(first);
    long[] b = present(second);
    long rows = a.length == 1 ? 1 : a[a.length - 2];
    long columns = b.length == 1 ? 1 : b[b.length - 1];
    List<long @Nullable []> stacks = new ArrayList<>();
    stacks.add(Arrays.copyOf(a, Math.max(0, a.length - 2)));
    stacks.add(Arrays.copyOf(b, Math.max(0, b.length - 2)));
    return 2 * size(broadcast(stacks)) * rows * a[a.length - 1] * columns;
  }

  private long general() {
    long[] a = present(in.get(0));
    long[] b = present(in.get(1));
    boolean left = attribute("transA", 0) != 0;
    boolean right = attribute("transB", 0) != 0;
    return 2 * (left ? a[1] : a[0]) * (left ? a[0] : a[1]) * (right ? b[0] : b[1]);
  }

  /** Walks through every combination of the indices of two operands. */
  private long einstein() {
    String equation = text("equation").replace(" ", "");
    if (equation.contains(".") || !equation.contains("->") || in.size() > 2) {
      throw new IndexOutOfBoundsException(equation);
    }
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    Map<Character, Long> extents = new HashMap<>();
    for (int i = 0; i < terms.length; i++) {
      for (int axis = 0; axis < terms[i].length(); axis++) {
        extents.put(terms[i].charAt(axis), present(in.get(i))[axis]);
      }
    }
    long combinations = extents.values().stream().reduce(1L, (a, b) -> a * b);
    boolean sums = extents.keySet().stream().anyMatch(index -> sides[1].indexOf(index) < 0);
    if (terms.length == 1) {
      return size(out.get(0)) < size(in.get(0)) ? size(in.get(0)) : 0;
    }
    return (sums ? 2 : 1) * combinations;
  }

  private long recurrent(long gates) {
    long[] x = present(in.get(0));
    long hidden = attribute("hidden_size", present(in.get(2))[2]);
    long directions = text("direction").equals("bidirectional") ? 2 : 1;
    long count = 0;
    for (long step = 0; step < x[0]; step++) {
      for (long sequence = 0; sequence < x[1]; sequence++) {
        count += gates * hidden * x[2] + gates * hidden * hidden;
      }
    }
    return 2 * directions * count;
  }

  private long pooled() {
    long window = list("kernel_shape").stream().reduce(1L, (a, b) -> a * b);
    return size(out.get(0)) * window;
  }

  /** For each sequence, head, query and key: the width of the keys and that of the values. */
  private long attention() {
    long[] q = present(in.get(0));
    long[] k = present(in.get(1));
    long[] v = present(in.get(2));
    boolean past = in.size() > 4 && in.get(4) != null;
    long before = past ? present(in.get(4))[2] : 0;
    long count = 0;
    if (q.length == 4) {
      for (long head = 0; head < q[0] * q[1]; head++) {
        count += q[2] * (k[2] + before) * (q[3] + v[3]);
      }
    } else {
      long heads = attribute("q_num_heads", 1);
      long shared = attribute("kv_num_heads", 1);
      for (long head = 0; head < q[0] * heads; head++) {
        count += q[1] * (k[1] + before) * (q[2] / heads + v[2] / shared);
      }
    }
    return 2 * count;
  }

  private long determinant() {
    long[] shape = present(in.get(0));
    long n = shape[shape.length - 1];
    long matrices = size(Arrays.copyOf(shape, shape.length - 2));
    return matrices * (2 * n * n * n / 3);
  }
}
