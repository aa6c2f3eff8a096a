package io.neurobalancer.onnx.importer;

import io.neurobalancer.onnx.importer.KernelFormulas.Formula;
import io.neurobalancer.onnx.importer.KernelFormulas.Work;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.Map;

/**
 * Fused attention. Scores cost a multiply-add for each query, key and width of the keys; their
 * product with the values one for each query, key and width of the values. Masks save nothing:
 * kernels compute what they mask. Projections are counted where the kernel carries their weights.
 *
 * <p>Operands are laid out as the operators' own documentation has them (ONNX 23, and the
 * contributed operators of ONNX Runtime).
 */
final class AttentionFormulas {

  static final Map<String, Formula> FORMULAS =
      Map.of(
          "Attention", AttentionFormulas::attention,
          "QAttention DecoderMaskedSelfAttention", AttentionFormulas::projecting,
          "MultiHeadAttention DecoderMaskedMultiHeadAttention", AttentionFormulas::multiHead,
          "GroupQueryAttention", AttentionFormulas::grouped,
          "PackedAttention", AttentionFormulas::packed,
          "PackedMultiHeadAttention", AttentionFormulas::packedMultiHead,
          "LongformerAttention", AttentionFormulas::windowed);

  private AttentionFormulas() {}

  private static Work attention(Kernel k) {
    return k.domain().equals("com.microsoft") ? projecting(k) : standard(k);
  }

  /** The standard operator: [batch, heads, length, width] or [batch, length, heads * width]. */
  private static Work standard(Kernel k) {
    TensorShape query = k.input(0);
    TensorShape key = k.input(1);
    TensorShape value = k.input(2);
    boolean split = query.rank() == 4;
    long past = k.has(4) ? k.input(4).dimension(2) : 0;
    long batch = query.dimension(0);
    long queries = query.dimension(split ? 2 : 1);
    long keys = key.dimension(split ? 2 : 1) + past;
    long heads = split ? query.dimension(1) : k.integer("q_num_heads", 1);
    long valueHeads = split ? value.dimension(1) : k.integer("kv_num_heads", 1);
    long queryWidth = split ? heads * query.dimension(3) : query.dimension(2);
    long valueWidth =
        heads * (split ? value.dimension(3) : value.dimension(2) / Math.max(1, valueHeads));
    return work(0, batch * queries * keys * (queryWidth + valueWidth));
  }

  /**
   * Input [batch, length, width], weights [width, queries + keys + values], past [2, b, h, p, w].
   */
  private static Work projecting(Kernel k) {
    TensorShape input = k.input(0);
    TensorShape weights = k.input(1);
    long rows = input.dimension(0) * input.dimension(1);
    long past = 0;
    int pastIndex = k.type().equals("QAttention") ? 8 : 4;
    if (k.has(pastIndex) && k.input(pastIndex).rank() == 5) {
      past = k.input(pastIndex).dimension(3);
    }
    long keys = input.dimension(1) + past;
    long values = k.output().dimension(-1);
    long queries = (weights.dimension(-1) - values) / 2;
    return work(rows * weights.elements(), rows * keys * (queries + values));
  }

  /**
   * Queries [b, s, d], keys [b, l, d] or [b, h, l, w] or packed with the values [b, l, h, 2, w].
   */
  private static Work multiHead(Kernel k) {
    TensorShape query = k.input(0);
    boolean masked = k.type().startsWith("Decoder");
    // Packed queries, keys and values: [batch, length, heads, 3, width].
    boolean packed = query.rank() == 5;
    long batch = query.dimension(0);
    long queries = query.dimension(1);
    long width = packed ? query.dimension(2) * query.dimension(4) : query.dimension(2);
    int pastIndex = masked ? 5 : 6;
    long past = k.has(pastIndex) ? k.input(pastIndex).dimension(2) : 0;
    long keys;
    if (!k.has(1)) {
      keys = queries + past;
    } else if (k.input(1).rank() == 4) {
      // Keys that are split into heads already are a cross attention's: there is nothing to add.
      keys = k.input(1).dimension(2);
    } else {
      keys = k.input(1).dimension(1) + past;
    }
    return work(0, batch * queries * keys * (width + k.output().dimension(-1)));
  }

  /** As above, with fewer heads of keys than of queries; the present keys are the second result. */
  private static Work grouped(Kernel k) {
    TensorShape query = k.input(0);
    long batch = query.dimension(0);
    long queries = query.dimension(1);
    long width = k.output().dimension(-1);
    long past = k.has(3) ? k.input(3).dimension(2) : 0;
    long keys = k.hasOutput(1) ? k.output(1).dimension(2) : queries + past;
    long heads = Math.max(1, k.integer("num_heads", 1));
    long keyWidth = k.integer("kv_num_heads", heads) * (width / heads);
    long rotary = k.integer("do_rotary", 0) == 0 ? 0 : 3 * batch * queries * (width + keyWidth);
    return new Work(OperatorKind.ATTENTION, 4 * batch * queries * keys * width + rotary);
  }

  /** Tokens of all sequences without padding [tokens, width]; token offsets are [batch, length]. */
  private static Work packed(Kernel k) {
    TensorShape input = k.input(0);
    TensorShape weights = k.input(1);
    long values = k.output().dimension(-1);
    long queries = (weights.dimension(-1) - values) / 2;
    long keys = k.input(3).dimension(1);
    long tokens = input.dimension(0);
    return work(tokens * weights.elements(), tokens * keys * (queries + values));
  }

  private static Work packedMultiHead(Kernel k) {
    TensorShape output = k.output();
    long width = output.dimension(-1);
    long keys = k.input(4).dimension(1);
    return work(0, output.dimension(0) * keys * 2 * width);
  }

  /** Each token sees its window on both sides, and the projections are there twice. */
  private static Work windowed(Kernel k) {
    TensorShape input = k.input(0);
    long rows = input.dimension(0) * input.dimension(1);
    long window = Math.min(input.dimension(1), 2 * k.integer("window", 0) + 1);
    long width = k.output().dimension(-1);
    return work(rows * k.input(1).elements(), rows * window * 2 * width);
  }

  private static Work work(long projections, long products) {
    return new Work(OperatorKind.ATTENTION, 2 * projections + 2 * products);
  }
}
