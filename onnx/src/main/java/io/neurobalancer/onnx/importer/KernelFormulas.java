package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.HashMap;
import java.util.Map;

/**
 * The kind and the FLOPs of every kernel that ONNX Runtime's CPU provider executes, from shapes and
 * attributes alone. A multiply-add counts as two, a transcendental function as {@link
 * #TRANSCENDENTAL}.
 */
final class KernelFormulas {

  /** What an exponential or a division costs in polynomial steps, by convention. */
  static final long TRANSCENDENTAL = 8;

  private static final Map<String, Formula> FORMULAS = new HashMap<>();

  static {
    register(
        KernelFormulas::convolution,
        "Conv FusedConv QLinearConv ConvInteger NhwcFusedConv QGemmConv NhwcMaxConv");
    register(KernelFormulas::transposedConvolution, "ConvTranspose ConvTransposeWithDynamicPads");
    register(KernelFormulas::deformableConvolution, "DeformConv");
    register(
        KernelFormulas::matrixProduct,
        "MatMul FusedMatMul QLinearMatMul MatMulInteger MatMulIntegerToFloat"
            + " DynamicQuantizeMatMul TransposeMatMul MatMulInteger16 FusedMatMulActivation"
            + " MatMulNBits MatMulBnb4 MatMulFpQ4 SparseToDenseMatMul");
    register(KernelFormulas::generalProduct, "Gemm FusedGemm QGemm GemmFloat8");
    register(KernelFormulas::mixtureOfExperts, "MoE QMoE");
    register(EinsumFormula::work, "Einsum");
    AttentionFormulas.FORMULAS.forEach((types, formula) -> register(formula, types));
    ClassicalFormulas.FORMULAS.forEach((types, formula) -> register(formula, types));
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
        "SkipLayerNormalization SkipSimplifiedLayerNormalization SkipGroupNorm");
    perOutput(OperatorKind.NORMALIZATION, 10, "EmbedLayerNormalization");
    perInput(OperatorKind.NORMALIZATION, 2, "BatchNormalization");
    perInput(OperatorKind.SOFTMAX, TRANSCENDENTAL + 4, "Softmax LogSoftmax QLinearSoftmax Hardmax");
    perInput(OperatorKind.SOFTMAX, TRANSCENDENTAL + 4, "SoftmaxCrossEntropyLoss BiasSoftmax");
    perInput(OperatorKind.REDUCTION, 1, "NegativeLogLikelihoodLoss");
    perOutput(
        OperatorKind.ELEMENTWISE,
        1,
        "Add Sub Mul Div Neg Abs Max Min Sum Where Equal Greater Less GreaterOrEqual LessOrEqual"
            + " And Or Not Xor Floor Ceil Round Sign Mod Reciprocal QLinearAdd QLinearMul Mean"
            + " IsNaN IsInf BitShift BitwiseXor BitwiseAnd BitwiseOr BitwiseNot QLinearWhere"
            + " BiasAdd BiasSplitGelu Bernoulli RandomUniform RandomUniformLike Multinomial"
            + " Affine Scale ParametricSoftplus ImageScaler");
    perOutput(
        OperatorKind.ELEMENTWISE,
        TRANSCENDENTAL,
        "Sqrt Pow Exp Log Sin Cos Tan Atan Asin Acos Sinh Cosh Asinh Acosh Atanh RandomNormal"
            + " RandomNormalLike HannWindow HammingWindow BlackmanWindow MelWeightMatrix Rsqrt");
    perOutput(
        OperatorKind.ACTIVATION,
        1,
        "Relu LeakyRelu PRelu ThresholdedRelu HardSigmoid Clip QLinearLeakyRelu Shrink");
    perOutput(OperatorKind.ACTIVATION, 4, "HardSwish Softsign");
    perOutput(
        OperatorKind.ACTIVATION,
        TRANSCENDENTAL + 4,
        "Sigmoid Tanh Erf Gelu FastGelu BiasGelu QuickGelu Elu Selu Softplus Mish Celu"
            + " QLinearSigmoid Swish ScaledTanh");
    perInput(
        OperatorKind.REDUCTION,
        1,
        "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL2 ReduceL1 ReduceSumSquare"
            + " ReduceLogSum ReduceLogSumExp QLinearReduceMean ArgMax ArgMin TopK CumSum"
            + " NonMaxSuppression NonZero Unique ReduceSumInteger CDist");
    perOutput(OperatorKind.RESIZE, 7, "Resize Upsample GridSample RoiAlign MaxRoiPool AffineGrid");
    perInput(
        OperatorKind.QUANTIZATION,
        2,
        "QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast CastLike");
    perOutput(
        OperatorKind.GATHER,
        0,
        "Gather GatherND GatherElements Scatter ScatterND ScatterElements MaxUnpool TensorScatter"
            + " EmbeddingLookup");
    perOutput(OperatorKind.GATHER, 2, "GatherBlockQuantized");
    register(k -> new Work(OperatorKind.ELEMENTWISE, 3 * k.output().elements()), "RotaryEmbedding");
    perOutput(
        OperatorKind.DATA_MOVEMENT,
        0,
        "Transpose Concat Slice Split Pad Expand Tile DepthToSpace SpaceToDepth"
            + " ChannelShuffle QLinearConcat ReorderInput ReorderOutput ConstantOfShape OneHot"
            + " Range Trilu EyeLike Compress ReverseSequence MemcpyFromHost MemcpyToHost"
            + " CenterCropPad Crop Im2Col Col2Im DynamicSlice SplitTraining ExpandDims"
            + " ConcatFromSequence QuickPad RemovePadding RestorePadding UnfoldTensor");
    register(
        k -> new Work(OperatorKind.DATA_MOVEMENT, 0),
        "SplitToSequence SequenceAt SequenceInsert SequenceErase SequenceConstruct SequenceEmpty"
            + " Optional OptionalGetElement OptionalHasElement SequenceLength If Loop Scan");
    perOutput(
        OperatorKind.SHAPE,
        0,
        "Reshape Squeeze Unsqueeze Flatten Shape Size Identity Constant Dropout");
    register(KernelFormulas::maximum, "Max Min Sum Mean");
  }

  private KernelFormulas() {}

  /**
   * What a formula says.
   *
   * @param kind of the kernel
   * @param flops of one execution
   * @param storedBytes of weights that the kernel keeps in attributes
   */
  record Work(OperatorKind kind, long flops, long storedBytes) {
    Work(OperatorKind kind, long flops) {
      this(kind, flops, 0);
    }
  }

  @FunctionalInterface
  interface Formula {
    Work apply(Kernel kernel);
  }

  /** Returns kind and FLOPs; a kernel with no formula is {@link OperatorKind#UNKNOWN} with none. */
  static Work of(Kernel kernel) {
    Formula formula = FORMULAS.get(kernel.type());
    if (formula == null) {
      return new Work(OperatorKind.UNKNOWN, 0);
    }
    try {
      Work work = formula.apply(kernel);
      return work.flops() < 0 ? new Work(OperatorKind.UNKNOWN, 0) : work;
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
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

  /** One operation for each operand beyond the first; one operand is copied. */
  private static Work maximum(Kernel k) {
    long others = Math.max(0, k.inputs().size() - 1);
    long mean = k.type().equals("Mean") ? 1 : 0;
    return new Work(OperatorKind.ELEMENTWISE, (others + mean) * k.output().elements());
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

  /** A convolution, and a bilinear sample (7 operations) for each element under each window. */
  private static Work deformableConvolution(Kernel k) {
    TensorShape filter = k.input(1);
    TensorShape output = k.output();
    long perOutput = filter.elements() / filter.dimension(0);
    long window = perOutput / filter.dimension(1);
    long pixels = output.elements() / output.dimension(1);
    long sampled = pixels * k.input(0).dimension(1) * window;
    return new Work(OperatorKind.CONVOLUTION, 2 * output.elements() * perOutput + 7 * sampled);
  }

  /** Output elements times the length of the dot product: the left operand's last axis. */
  private static Work matrixProduct(Kernel k) {
    TensorShape left = k.input(0);
    boolean transposed = k.integer("transA", 0) != 0 && left.rank() > 1;
    long inner = left.rank() == 0 ? 1 : left.dimension(transposed ? -2 : -1);
    if (k.type().startsWith("Sparse")) {
      inner = k.input(1).dimension(-2);
    }
    return new Work(OperatorKind.MATMUL, 2 * k.output().elements() * inner);
  }

  private static Work generalProduct(Kernel k) {
    TensorShape left = k.input(0);
    long inner = left.dimension(k.integer("transA", 0) != 0 ? 0 : 1);
    return new Work(OperatorKind.MATMUL, 2 * k.output().elements() * inner);
  }

  /** Each row goes through k of the experts: two or three products. */
  private static Work mixtureOfExperts(Kernel k) {
    TensorShape router = k.input(1);
    long experts = router.dimension(-1);
    long rows = router.elements() / experts;
    long chosen = Math.max(1, k.integer("k", 1));
    boolean quantized = k.type().startsWith("Q");
    // Several weights to a byte; their scales come between the matrices.
    long packed = quantized ? 8 / Math.max(1, k.integer("expert_weight_bits", 4)) : 1;
    long inner = 0;
    for (int matrix = 2; matrix < k.inputs().size(); matrix += quantized ? 3 : 2) {
      if (k.has(matrix) && k.input(matrix).rank() == 3) {
        inner += k.input(matrix).dimension(1) * k.input(matrix).dimension(2) * packed;
      }
    }
    return new Work(OperatorKind.MATMUL, 2 * rows * chosen * inner);
  }

  /** Per step and direction, every weight is used once. */
  private static Work recurrent(Kernel k) {
    long steps = k.input(0).dimension(0) * k.input(0).dimension(1);
    return new Work(
        OperatorKind.RECURRENT, 2 * steps * (k.input(1).elements() + k.input(2).elements()));
  }

  private static Work pooling(Kernel k) {
    long window = k.integers("kernel_shape").stream().reduce(1L, Math::multiplyExact);
    return new Work(OperatorKind.POOLING, k.output().elements() * window);
  }
}
