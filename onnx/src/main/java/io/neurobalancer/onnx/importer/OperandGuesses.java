package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What an operand must hold for its operator to run: indices that exist, axes that the tensor has,
 * the shape that the result is declared to have.
 */
final class OperandGuesses {

  private final InputRoles roles;
  private final NodeProto node;
  private final String key;
  private final int elements;

  OperandGuesses(InputRoles roles, InputRoles.Use use, int elements) {
    this.roles = roles;
    this.node = use.node();
    this.key = use.key();
    this.elements = elements;
  }

  /** Returns numbers that repeat over the operand; null if this operator does not tell. */
  double @Nullable [] numbers() {
    List<Long> data = shape(0);
    List<Long> out = node.getOutputCount() == 0 ? null : roles.declared(node.getOutput(0));
    return switch (key) {
      case "Reshape 1", "ConstantOfShape 0", "CenterCropPad 1", "MaxUnpool 2" ->
          out == null ? fill(key.startsWith("Reshape") ? -1L : 1L) : numbers(out);
      case "Expand 1" -> out == null ? fill(1L) : numbers(out);
      case "Tile 1" -> ratio(out, data);
      case "Upsample 1", "Resize 1", "Resize 2" ->
          key.equals("Resize 1") && node.getInputCount() > 2 ? fill(0L) : ratio(out, data);
      case "Resize 3" -> out != null ? numbers(out) : data != null ? numbers(data) : null;
      case "Slice 1" -> fill(0L);
      case "Slice 2" -> ends(data, out);
      case "Slice 3", "Pad 3" -> count();
      case "Slice 4" -> fill(1L);
      case "Gather 1",
          "GatherElements 1",
          "GatherND 1",
          "Scatter 1",
          "ScatterElements 1",
          "ScatterND 1",
          "MaxUnpool 1",
          "RoiAlign 2",
          "Trilu 1",
          "CumSum 1",
          "SequenceAt 1",
          "SequenceInsert 2",
          "SequenceErase 1",
          "NegativeLogLikelihoodLoss 1",
          "SoftmaxCrossEntropyLoss 1",
          "Pad 2",
          "Dropout 2",
          "Range 0",
          "NonMaxSuppression 4",
          "MelWeightMatrix 3" ->
          fill(0L);
      case "Pad 1" -> pads(data, out);
      case "TopK 1" -> fill(topK(out));
      case "OneHot 1" -> fill(depth(data, out));
      case "OneHot 2" -> new double[] {0, 1};
      case "Range 1" -> fill(out == null || out.isEmpty() ? 10 : out.get(0));
      case "Range 2" -> fill(1L);
      case "Squeeze 1" -> squeezed(data);
      case "Unsqueeze 1" -> unsqueezed(data, out);
      case "Split 1", "SplitToSequence 1" -> split(data);
      case "ReverseSequence 1" -> fill(extent(data, InputRoles.attribute(node, "time_axis", 0), 1));
      case "LSTM 4", "GRU 4", "RNN 4" -> fill(extent(data, 0, 1));
      case "Loop 0" -> fill(1L);
      case "NonMaxSuppression 2" -> fill(100L);
      case "AffineGrid 1" ->
          new double[] {extent(out, 0, 1), 1, extent(out, 1, 4), extent(out, 2, 4)};
      case "Loop 1", "If 0", "Compress 1", "Where 0" -> fill(1L);
      case "NonMaxSuppression 3", "Dropout 1" -> fill(0.5);
      case "DFT 1" -> fill(extent(data, InputRoles.attribute(node, "axis", 1), 16));
      case "STFT 1" -> fill(step(data, out));
      case "STFT 3" -> fill(frame(out));
      case "HannWindow 0", "HammingWindow 0", "BlackmanWindow 0" ->
          fill(out == null || out.isEmpty() ? 16 : out.get(0));
      case "MelWeightMatrix 0" -> fill(extent(out, 1, 8));
      case "MelWeightMatrix 1" -> fill(2 * (extent(out, 0, 9) - 1));
      case "MelWeightMatrix 2" -> fill(16_000);
      case "MelWeightMatrix 4" -> fill(8_000);
      case "Equal 0" -> equalTo(1);
      case "Equal 1" -> equalTo(0);
      case "GroupQueryAttention 5" -> fill(total() - 1);
      case "GroupQueryAttention 6" -> fill(total());
      case "Attention 6" -> node.getDomain().equals("com.microsoft") ? fill(past(4, 3)) : null;
      case "EmbedLayerNormalization 0", "EmbedLayerNormalization 1" -> fill(0L);
      default -> key.startsWith("Reduce") && key.endsWith(" 1") ? axes(data, out) : null;
    };
  }

  private @Nullable List<Long> shape(int input) {
    return input < node.getInputCount() ? roles.declared(node.getInput(input)) : null;
  }

  private static double[] fill(double value) {
    return new double[] {value};
  }

  private static double[] fill(long value) {
    return new double[] {(double) value};
  }

  private static double[] numbers(List<Long> values) {
    return values.stream().mapToDouble(Long::doubleValue).toArray();
  }

  private double[] count() {
    return LongStream.range(0, Math.max(1, elements)).asDoubleStream().toArray();
  }

  private static long extent(@Nullable List<Long> shape, long axis, long otherwise) {
    if (shape == null) {
      return otherwise;
    }
    long index = axis < 0 ? shape.size() + axis : axis;
    return index >= 0 && index < shape.size() ? shape.get((int) index) : otherwise;
  }

  private double[] ratio(@Nullable List<Long> out, @Nullable List<Long> in) {
    if (out == null || in == null || out.size() != in.size() || out.size() != elements) {
      return fill(1L);
    }
    double[] ratio = new double[elements];
    Arrays.setAll(ratio, d -> in.get(d) == 0 ? 1 : (double) out.get(d) / in.get(d));
    return ratio;
  }

  /** Slices take all of an axis, or what the result is declared to have. */
  private double[] ends(@Nullable List<Long> data, @Nullable List<Long> out) {
    long[] axes =
        node.getInputCount() > 3
            ? roles
                .constant(node.getInput(3))
                .orElseGet(() -> LongStream.range(0, elements).toArray())
            : LongStream.range(0, elements).toArray();
    double[] ends = new double[Math.max(1, elements)];
    for (int a = 0; a < ends.length; a++) {
      long axis = a < axes.length ? axes[a] : a;
      ends[a] = extent(out, axis, extent(data, axis, Integer.MAX_VALUE));
    }
    return ends;
  }

  private double[] pads(@Nullable List<Long> data, @Nullable List<Long> out) {
    double[] pads = new double[Math.max(1, elements)];
    if (data != null && out != null && data.size() == out.size()) {
      for (int d = 0; d < data.size() && elements == 2 * data.size(); d++) {
        pads[data.size() + d] = (double) (out.get(d) - data.get(d));
      }
    }
    return pads;
  }

  private long topK(@Nullable List<Long> out) {
    return Math.max(1, extent(out, InputRoles.attribute(node, "axis", -1), 1));
  }

  private long depth(@Nullable List<Long> indices, @Nullable List<Long> out) {
    return indices == null ? 10 : extent(out, InputRoles.attribute(node, "axis", -1), 10);
  }

  private double @Nullable [] squeezed(@Nullable List<Long> data) {
    if (data == null) {
      return null;
    }
    List<Long> axes = new ArrayList<>();
    for (int d = 0; d < data.size(); d++) {
      if (data.get(d) == 1 && axes.size() < elements) {
        axes.add((long) d);
      }
    }
    return axes.size() == elements ? numbers(axes) : count();
  }

  private double[] unsqueezed(@Nullable List<Long> data, @Nullable List<Long> out) {
    if (data == null || out == null) {
      return count();
    }
    List<Long> axes = new ArrayList<>();
    int from = 0;
    for (int d = 0; d < out.size(); d++) {
      boolean same = from < data.size() && data.get(from).equals(out.get(d));
      boolean enough = axes.size() == elements;
      if (same && (enough || out.get(d) != 1)) {
        from++;
      } else if (!enough) {
        axes.add((long) d);
      }
    }
    return axes.size() == elements ? numbers(axes) : count();
  }

  private double[] split(@Nullable List<Long> data) {
    long axis = InputRoles.attribute(node, "axis", 0);
    long whole = extent(data, axis, elements);
    if (node.getOpType().equals("Split") && node.getOutputCount() == elements) {
      double[] parts = new double[elements];
      double sum = 0;
      for (int o = 0; o < elements; o++) {
        List<Long> out = roles.declared(node.getOutput(o));
        parts[o] = extent(out, axis, -1);
        sum += parts[o];
      }
      if (sum == whole) {
        return parts;
      }
    }
    double[] parts = new double[Math.max(1, elements)];
    long each = whole / parts.length;
    Arrays.fill(parts, (double) each);
    parts[parts.length - 1] += (double) (whole - each * parts.length);
    return parts;
  }

  /** The axes along which the result is declared to have one element. */
  private double[] axes(@Nullable List<Long> data, @Nullable List<Long> out) {
    List<Long> axes = new ArrayList<>();
    if (data != null && out != null) {
      int from = 0;
      boolean kept = data.size() == out.size();
      for (int d = 0; d < data.size(); d++) {
        boolean same = from < out.size() && out.get(from).equals(data.get(d));
        if (kept ? !out.get(d).equals(data.get(d)) : !same) {
          axes.add((long) d);
        } else {
          from++;
        }
      }
    }
    return axes.size() == elements ? numbers(axes) : count();
  }

  private long step(@Nullable List<Long> signal, @Nullable List<Long> out) {
    long length = extent(signal, 1, 128);
    long frames = extent(out, 1, 0);
    long frame = frame(out);
    return frames < 2 ? Math.max(1, frame / 2) : Math.max(1, (length - frame) / (frames - 1));
  }

  private long frame(@Nullable List<Long> out) {
    List<Long> window = shape(2);
    if (window != null && window.size() == 1) {
      return window.get(0);
    }
    boolean oneSided = InputRoles.attribute(node, "onesided", 1) == 1;
    long bins = extent(out, 2, 9);
    return oneSided ? 2 * (bins - 1) : bins;
  }

  /** An input that is compared with a constant is most likely to be it: a mode, a sampling rate. */
  private double @Nullable [] equalTo(int other) {
    if (other >= node.getInputCount()) {
      return null;
    }
    long[] numbers = roles.constant(node.getInput(other)).orElse(new long[0]);
    return numbers.length == 1 && elements == 1 ? fill(numbers[0]) : null;
  }

  private long past(int input, int axis) {
    return extent(shape(input), axis, 0);
  }

  private long total() {
    return past(3, 2) + extent(shape(0), 1, 1);
  }
}
