package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kind and the FLOPs of every kernel that ONNX Runtime's CPU provider executes, from shapes
 * alone. A multiply-add counts as two, a transcendental function as {@link #TRANSCENDENTAL}.
 */
final class KernelFormulas {

  /** What an exponential or a division costs in polynomial steps, by convention. */
  private static final long TRANSCENDENTAL = 8;

  private static final Map<String, Formula> FORMULAS = new HashMap<>();

  static {
    register(
        KernelFormulas::convolution,
        "Conv FusedConv QLinearConv ConvInteger NhwcFusedConv QGemmConv NhwcMaxConv");
    register(KernelFormulas::transposedConvolution, "ConvTranspose ConvTransposeWithDynamicPads");
    register(
        KernelFormulas::matrixProduct,
        "Gemm MatMul FusedMatMul FusedGemm QLinearMatMul MatMulInteger MatMulIntegerToFloat"
            + " DynamicQuantizeMatMul QGemm TransposeMatMul GemmFloat8 MatMulInteger16");
    register(KernelFormulas::blockQuantizedProduct, "MatMulNBits MatMulBnb4");
    register(KernelFormulas::einsum, "Einsum");
    register(KernelFormulas::attention, "Attention QAttention MultiHeadAttention");
    register(KernelFormulas::recurrent, "LSTM GRU RNN DynamicQuantizeLSTM");
    register(KernelFormulas::pooling, "MaxPool AveragePool LpPool QLinearAveragePool NhwcMaxPool");
    perInput(
        OperatorKind.POOLING,
        1,
        "GlobalAveragePool GlobalMaxPool QLinearGlobalAveragePool GlobalLpPool");
    perInput(
        OperatorKind.NORMALIZATION,
        8,
        "LayerNormalization SimplifiedLayerNormalization InstanceNormalization GroupNorm"
            + " GroupNormalization RMSNormalization MeanVarianceNormalization LRN"
            + " LpNormalization");
    perInput(
        OperatorKind.NORMALIZATION,
        10,
        "SkipLayerNormalization SkipSimplifiedLayerNormalization EmbedLayerNormalization"
            + " SkipGroupNorm");
    perInput(OperatorKind.NORMALIZATION, 2, "BatchNormalization");
    perInput(OperatorKind.SOFTMAX, TRANSCENDENTAL + 4, "Softmax LogSoftmax QLinearSoftmax Hardmax");
    perOutput(
        OperatorKind.ELEMENTWISE,
        1,
        "Add Sub Mul Div Neg Abs Max Min Sum Where Equal Greater Less GreaterOrEqual LessOrEqual"
            + " And Or Not Xor Floor Ceil Round Sign Mod Reciprocal QLinearAdd QLinearMul Mean"
            + " IsNaN IsInf BitShift Clip Xor BitwiseAnd BitwiseOr BitwiseNot");
    perOutput(
        OperatorKind.ELEMENTWISE, TRANSCENDENTAL, "Sqrt Pow Exp Log Sin Cos Tan Atan Asin Acos");
    perOutput(
        OperatorKind.ACTIVATION,
        1,
        "Relu LeakyRelu PRelu ThresholdedRelu HardSigmoid Clip QLinearLeakyRelu");
    perOutput(OperatorKind.ACTIVATION, 4, "HardSwish Softsign");
    perOutput(
        OperatorKind.ACTIVATION,
        TRANSCENDENTAL + 4,
        "Sigmoid Tanh Erf Gelu FastGelu BiasGelu QuickGelu Elu Selu Softplus Mish Celu"
            + " QLinearSigmoid Swish");
    perInput(
        OperatorKind.REDUCTION,
        1,
        "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL2 ReduceL1 ReduceSumSquare"
            + " ReduceLogSum ReduceLogSumExp QLinearReduceMean ArgMax ArgMin TopK CumSum"
            + " NonMaxSuppression NonZero Unique");
    perOutput(OperatorKind.RESIZE, 7, "Resize Upsample GridSample RoiAlign");
    perInput(
        OperatorKind.QUANTIZATION,
        2,
        "QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast CastLike");
    perOutput(
        OperatorKind.GATHER, 0, "Gather GatherND GatherElements Scatter ScatterND ScatterElements");
    perOutput(
        OperatorKind.DATA_MOVEMENT,
        0,
        "Transpose Concat Slice Split Pad Expand Tile DepthToSpace SpaceToDepth"
            + " ChannelShuffle QLinearConcat ReorderInput ReorderOutput ConstantOfShape OneHot"
            + " Range Trilu EyeLike Compress ReverseSequence MemcpyFromHost MemcpyToHost"
            + " RotaryEmbedding");
    perOutput(
        OperatorKind.SHAPE,
        0,
        "Reshape Squeeze Unsqueeze Flatten Shape Size Identity Constant Dropout");
  }

  private KernelFormulas() {}

  /** What a formula reads: the tensors of one executed kernel, and its window where it has one. */
  record Kernel(String type, List<TensorFact> inputs, List<TensorFact> outputs, List<Long> window) {

    TensorShape input(int index) {
      return inputs.get(index).shape();
    }

    TensorShape output() {
      return outputs.get(0).shape();
    }

    /** Returns the constant input of most elements, if there is one. */
    Optional<TensorFact> weights() {
      return inputs.stream()
          .filter(TensorFact::constant)
          .max((a, b) -> Long.compare(a.shape().elements(), b.shape().elements()));
    }
  }

  /**
   * What a formula says.
   *
   * @param kind of the kernel
   * @param flops of one execution
   */
  record Work(OperatorKind kind, long flops) {}

  @FunctionalInterface
  private interface Formula {
    Work apply(Kernel kernel);
  }

  /** Returns kind and FLOPs; a kernel with no formula is {@link OperatorKind#UNKNOWN} with none. */
  static Work of(Kernel kernel) {
    Formula formula = FORMULAS.get(kernel.type());
    if (formula == null || kernel.outputs().isEmpty()) {
      return new Work(OperatorKind.UNKNOWN, 0);
    }
    try {
      return formula.apply(kernel);
    } catch (IndexOutOfBoundsException e) {
      // Fewer tensors or dimensions than the formula reads: this variant is not known.
      return new Work(OperatorKind.UNKNOWN, 0);
    }
  }

  private static void register(Formula formula, String types) {
    for (String type : types.split(" ", -1)) {
      FORMULAS.put(type, formula);
    }
  }

  private static void perOutput(OperatorKind kind, long each, String types) {
    register(k -> new Work(kind, each * k.output().elements()), types);
  }

  private static void perInput(OperatorKind kind, long each, String types) {
    register(k -> new Work(kind, each * k.input(0).elements()), types);
  }

  /** Output elements times what each reads: the filter's elements per output channel. */
  private static Work convolution(Kernel k) {
    TensorShape filter = filter(k);
    long perOutput = filter.elements() / filter.dimension(0);
    long flops = 2 * k.output().elements() * perOutput;
    boolean nhwc = k.type().startsWith("Nhwc");
    long inputChannels = k.input(0).dimension(nhwc ? -1 : 1);
    boolean depthwise = filter.dimension(1) == 1 && inputChannels > 1;
    boolean pointwise = perOutput == filter.dimension(1) && filter.dimension(1) == inputChannels;
    return new Work(
        depthwise
            ? OperatorKind.DEPTHWISE_CONVOLUTION
            : pointwise ? OperatorKind.POINTWISE_CONVOLUTION : OperatorKind.CONVOLUTION,
        flops);
  }

  private static TensorShape filter(Kernel k) {
    // QLinearConv: x, scale, zero point, w, ...
    return k.type().startsWith("QLinear") ? k.input(3) : k.input(1);
  }

  /** Input elements times what each contributes to: the filter's elements per input channel. */
  private static Work transposedConvolution(Kernel k) {
    TensorShape filter = k.input(1);
    return new Work(
        OperatorKind.TRANSPOSED_CONVOLUTION,
        2 * k.input(0).elements() * (filter.elements() / filter.dimension(0)));
  }

  /** Output elements times the length of the dot product: left elements over output rows. */
  private static Work matrixProduct(Kernel k) {
    TensorShape left = k.input(0);
    TensorShape right =
        k.type().startsWith("QLinear") || k.type().equals("QGemm") ? k.input(3) : k.input(1);
    long columns = k.output().rank() == 0 ? 1 : k.output().dimension(-1);
    long inner;
    if (right.rank() >= 2) {
      long a = right.dimension(-1);
      long b = right.dimension(-2);
      boolean vector = k.output().rank() < left.rank();
      inner = vector || a == columns ? b : a;
      if (a == columns && b == columns) {
        inner = a;
      }
    } else {
      inner = right.elements();
    }
    return new Work(OperatorKind.MATMUL, 2 * k.output().elements() * inner);
  }

  private static Work blockQuantizedProduct(Kernel k) {
    return new Work(OperatorKind.MATMUL, 2 * k.output().elements() * k.input(0).dimension(-1));
  }

  /**
   * An upper estimate for two operands: each output element sums over what the left one has beyond
   * it.
   */
  private static Work einsum(Kernel k) {
    long left = k.input(0).elements();
    long right = k.inputs().size() > 1 ? k.input(1).elements() : 1;
    double inner = Math.sqrt((double) left * right / Math.max(1, k.output().elements()));
    return new Work(
        OperatorKind.MATMUL, Math.round(2 * k.output().elements() * Math.max(1, inner)));
  }

  /**
   * Projections where the kernel carries their weights, then scores and their product with the
   * values.
   */
  private static Work attention(Kernel k) {
    TensorShape input = k.input(0);
    long batch = input.dimension(0);
    long length = input.dimension(1);
    long width = k.output().dimension(-1);
    long projections = 0;
    if (!k.type().equals("MultiHeadAttention")) {
      TensorShape weights = k.input(1);
      projections = 2 * batch * length * weights.elements();
    }
    long scores = 4 * batch * length * length * width;
    return new Work(OperatorKind.ATTENTION, projections + scores);
  }

  /** Per step and direction, every weight is used once. */
  private static Work recurrent(Kernel k) {
    long steps = k.input(0).dimension(0) * k.input(0).dimension(1);
    return new Work(
        OperatorKind.RECURRENT, 2 * steps * (k.input(1).elements() + k.input(2).elements()));
  }

  private static Work pooling(Kernel k) {
    long window = k.window().stream().reduce(1L, Math::multiplyExact);
    return new Work(OperatorKind.POOLING, k.output().elements() * window);
  }
}
