package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Builds an ONNX graph layer by layer. It tracks the shape of every tensor and counts parameters
 * and multiply-adds as the papers do, independently of any importer.
 *
 * <p>Tensors are named by strings.
 */
final class GraphBuilder {

  /** LayerNormalization came with opset 17. */
  private static final long OPSET = 17;

  private static final long IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Initializers stored;
  private long parameters;
  private long multiplyAdds;
  private String phase = "";

  GraphBuilder(String name) {
    graph.setName(name);
    stored = new Initializers(graph, shapes);
  }

  /** What a finished graph is. */
  record Built(ModelProto model, long parameters, long multiplyAdds) {}

  Built build(String output) {
    graph.addOutput(Protos.value(output, TensorProto.DataType.FLOAT, shape(output)));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("neurobalancer-zoo")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph)
            .build();
    return new Built(model, parameters, multiplyAdds);
  }

  /** Says which phase of a job the nodes to come belong to; their names begin with it. */
  void phase(String name) {
    phase = name + "/";
  }

  long[] shape(String tensor) {
    long[] shape = shapes.get(tensor);
    if (shape == null) {
      throw new IllegalStateException("No tensor is called '%s'.".formatted(tensor));
    }
    return shape;
  }

  long channels(String tensor) {
    return shape(tensor)[1];
  }

  String input(String name, TensorProto.DataType type, long... shape) {
    graph.addInput(Protos.value(name, type, shape));
    shapes.put(name, shape.clone());
    return name;
  }

  String image(long size) {
    return input("image", TensorProto.DataType.FLOAT, 1, 3, size, size);
  }

  /**
   * A convolution and the batch normalization folded into it: its scale and shift are parameters.
   */
  String conv(String x, long channels, int kernel, int stride, int padding) {
    return conv(x, channels, Window.square(kernel, stride, padding), 1, true);
  }

  /** One filter per channel, batch normalization folded in. */
  String depthwise(String x, int kernel, int stride) {
    return conv(x, channels(x), Window.square(kernel, stride, kernel / 2), channels(x), true);
  }

  String conv(String x, long channels, Window window, long groups, boolean normalized) {
    long[] in = shape(x);
    long perGroup = in[1] / groups;
    long fanIn = perGroup * window.height() * window.width();
    String weight =
        stored.weights(
            "w", Math.sqrt(2.0 / fanIn), channels, perGroup, window.height(), window.width());
    String bias = stored.weights("b", 0.01, channels);
    parameters += channels * fanIn + (normalized ? 2 * channels : channels);
    long reach = (window.width() - 1L) * window.dilation() + 1;
    long[] out = {
      in[0],
      channels,
      (in[2] + 2L * window.padHeight() - window.height()) / window.down() + 1,
      (in[3] + 2L * window.padWidth() - reach) / window.across() + 1
    };
    multiplyAdds += elements(out) * fanIn;
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(Protos.ints("kernel_shape", window.height(), window.width()));
    attributes.add(Protos.ints("strides", window.down(), window.across()));
    attributes.add(
        Protos.ints(
            "pads", window.padHeight(), window.padWidth(), window.padHeight(), window.padWidth()));
    attributes.add(Protos.integer("group", groups));
    if (window.dilation() > 1) {
      attributes.add(Protos.ints("dilations", 1, window.dilation()));
    }
    return node("Conv", out, List.of(x, weight, bias), attributes.toArray(AttributeProto[]::new));
  }

  String relu(String x) {
    return node("Relu", shape(x), List.of(x));
  }

  String relu6(String x) {
    return node("Clip", shape(x), List.of(x, stored.scalar(0), stored.scalar(6)));
  }

  String hardSwish(String x) {
    return node("HardSwish", shape(x), List.of(x));
  }

  /** Clip(x / 6 + 1/2, 0, 1), as MobileNetV3 has it. */
  String hardSigmoid(String x) {
    return node(
        "HardSigmoid",
        shape(x),
        List.of(x),
        Protos.real("alpha", 1 / 6f),
        Protos.real("beta", 0.5f));
  }

  String sigmoid(String x) {
    return node("Sigmoid", shape(x), List.of(x));
  }

  String leakyRelu(String x) {
    return node("LeakyRelu", shape(x), List.of(x), Protos.real("alpha", 0.1f));
  }

  String swish(String x) {
    return mul(x, sigmoid(x));
  }

  /** x/2 (1 + erf(x / sqrt 2)), the subgraph that exporters write and runtimes fuse. */
  String gelu(String x) {
    String scaled = node("Div", shape(x), List.of(x, stored.scalar((float) Math.sqrt(2))));
    String erf = node("Erf", shape(x), List.of(scaled));
    String shifted = node("Add", shape(x), List.of(erf, stored.scalar(1)));
    return node("Mul", shape(x), List.of(mul(x, shifted), stored.scalar(0.5f)));
  }

  /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), as GPT-2 has it. */
  String geluByTanh(String x) {
    String cubed = node("Pow", shape(x), List.of(x, stored.scalar(3)));
    String inner = scale(add(x, scale(cubed, 0.044715)), Math.sqrt(2 / Math.PI));
    String shifted = node("Add", shape(x), List.of(tanh(inner), stored.scalar(1)));
    return mul(scale(x, 0.5), shifted);
  }

  String add(String x, String y) {
    return node("Add", shape(x), List.of(x, y));
  }

  String mul(String x, String y) {
    return node("Mul", shape(x), List.of(x, y));
  }

  String divide(String x, double divisor) {
    return node("Div", shape(x), List.of(x, stored.scalar((float) divisor)));
  }

  String softmax(String x) {
    return node("Softmax", shape(x), List.of(x), Protos.integer("axis", -1));
  }

  /** A normalization that stands on its own, with scale and shift as parameters. */
  String batchNorm(String x) {
    long channels = channels(x);
    parameters += 2 * channels;
    return node(
        "BatchNormalization",
        shape(x),
        List.of(
            x,
            stored.constant("scale", 1, channels),
            stored.constant("shift", 0, channels),
            stored.constant("mean", 0, channels),
            stored.constant("variance", 1, channels)));
  }

  String layerNorm(String x) {
    return layerNorm(x, normalization(shape(x)[shape(x).length - 1]));
  }

  /** The scale and shift of a normalization, which several steps of a model may share. */
  List<String> normalization(long width) {
    parameters += 2 * width;
    return List.of(stored.constant("scale", 1, width), stored.constant("shift", 0, width));
  }

  String layerNorm(String x, List<String> weights) {
    return node(
        "LayerNormalization",
        shape(x),
        List.of(x, weights.get(0), weights.get(1)),
        Protos.integer("axis", -1),
        Protos.real("epsilon", 1e-6f));
  }

  String maxPool(String x, int kernel, int stride, int padding) {
    return pool("MaxPool", x, kernel, stride, padding, false);
  }

  /** Rounds the output size up instead of down. */
  String maxPoolCeil(String x, int kernel, int stride) {
    return pool("MaxPool", x, kernel, stride, 0, true);
  }

  String averagePool(String x, int kernel, int stride, int padding) {
    return pool("AveragePool", x, kernel, stride, padding, false);
  }

  private String pool(String type, String x, int kernel, int stride, int padding, boolean ceil) {
    long[] in = shape(x);
    long height = in[2] + 2L * padding - kernel;
    long width = in[3] + 2L * padding - kernel;
    long round = ceil ? stride - 1 : 0;
    return node(
        type,
        new long[] {in[0], in[1], (height + round) / stride + 1, (width + round) / stride + 1},
        List.of(x),
        Protos.ints("kernel_shape", kernel, kernel),
        Protos.ints("strides", stride, stride),
        Protos.ints("pads", padding, padding, padding, padding),
        Protos.integer("ceil_mode", ceil ? 1 : 0));
  }

  /** 2x2 maximum at stride 1 that keeps the size by padding right and below (YOLOv3-tiny). */
  String maxPoolSame(String x) {
    return node(
        "MaxPool",
        shape(x),
        List.of(x),
        Protos.ints("kernel_shape", 2, 2),
        Protos.ints("strides", 1, 1),
        Protos.ints("pads", 0, 0, 1, 1));
  }

  String globalAverage(String x) {
    return node("GlobalAveragePool", new long[] {shape(x)[0], channels(x), 1, 1}, List.of(x));
  }

  String flatten(String x) {
    long[] in = shape(x);
    return node(
        "Flatten", new long[] {in[0], elements(in) / in[0]}, List.of(x), Protos.integer("axis", 1));
  }

  /** Joins along the channels. */
  String concat(String... tensors) {
    return concat(1, tensors);
  }

  String concat(int axis, String... tensors) {
    long[] out = shape(tensors[0]).clone();
    out[axis] = Arrays.stream(tensors).mapToLong(t -> shape(t)[axis]).sum();
    return node("Concat", out, List.of(tensors), Protos.integer("axis", axis));
  }

  /** Takes a range of the channels. */
  String channelSlice(String x, long from, long to) {
    return slice(x, 1, from, to);
  }

  String slice(String x, int axis, long from, long to) {
    long[] out = shape(x).clone();
    out[axis] = to - from;
    return node(
        "Slice",
        out,
        List.of(x, stored.integers(from), stored.integers(to), stored.integers(axis)));
  }

  /** Adds channels of zeros. */
  String padChannels(String x, long channels) {
    long[] out = shape(x).clone();
    String pads = stored.integers(0, 0, 0, 0, 0, channels - out[1], 0, 0);
    out[1] = channels;
    return node("Pad", out, List.of(x, pads));
  }

  String reshape(String x, long... shape) {
    return node("Reshape", shape, List.of(x, stored.integers(shape)));
  }

  String transpose(String x, int... permutation) {
    long[] in = shape(x);
    return node(
        "Transpose",
        Arrays.stream(permutation).mapToLong(axis -> in[axis]).toArray(),
        List.of(x),
        Protos.ints("perm", Arrays.stream(permutation).asLongStream().toArray()));
  }

  String upsample(String x) {
    long[] in = shape(x);
    return node(
        "Resize",
        new long[] {in[0], in[1], 2 * in[2], 2 * in[3]},
        List.of(x, "", stored.floats("scales", new float[] {1, 1, 2, 2}, 4)),
        Protos.text("mode", "nearest"),
        Protos.text("coordinate_transformation_mode", "asymmetric"),
        Protos.text("nearest_mode", "floor"));
  }

  /** A fully connected layer on a matrix, as classifiers have it. */
  String dense(String x, long outputs) {
    long inputs = shape(x)[1];
    parameters += inputs * outputs + outputs;
    multiplyAdds += shape(x)[0] * inputs * outputs;
    return node(
        "Gemm",
        new long[] {shape(x)[0], outputs},
        List.of(
            x,
            stored.weights("w", Math.sqrt(1.0 / inputs), outputs, inputs),
            stored.weights("b", 0.01, outputs)),
        Protos.integer("transB", 1));
  }

  /** The weights of a linear layer, which several steps of a model may share. */
  record Layer(String matrix, String bias, long outputs) {}

  Layer layer(long inputs, long outputs) {
    parameters += inputs * outputs + outputs;
    return new Layer(
        stored.weights("w", Math.sqrt(1.0 / inputs), inputs, outputs),
        stored.weights("b", 0.01, outputs),
        outputs);
  }

  /** A linear layer on the last axis: a product with a matrix, then a bias. */
  String linear(String x, long outputs) {
    long[] out = shape(x).clone();
    long inputs = out[out.length - 1];
    out[out.length - 1] = outputs;
    parameters += inputs * outputs + outputs;
    multiplyAdds += elements(out) * inputs;
    String product =
        node(
            "MatMul",
            out,
            List.of(x, stored.weights("w", Math.sqrt(1.0 / inputs), inputs, outputs)));
    return node("Add", out, List.of(product, stored.weights("b", 0.01, outputs)));
  }

  String linear(String x, Layer layer) {
    long[] out = shape(x).clone();
    multiplyAdds += elements(out) * layer.outputs();
    out[out.length - 1] = layer.outputs();
    String product = node("MatMul", out, List.of(x, layer.matrix()));
    return node("Add", out, List.of(product, layer.bias()));
  }

  /** A product of a matrix [rows, width] with a table [outputs, width] that is there already. */
  String project(String x, String table) {
    long[] out = {shape(x)[0], shape(table)[0]};
    multiplyAdds += elements(out) * shape(x)[1];
    return node("Gemm", out, List.of(x, table), Protos.integer("transB", 1));
  }

  /** A product of two activations, batched over their leading axes. */
  String product(String x, String y) {
    long[] out = shape(x).clone();
    long inner = out[out.length - 1];
    out[out.length - 1] = shape(y)[shape(y).length - 1];
    multiplyAdds += elements(out) * inner;
    return node("MatMul", out, List.of(x, y));
  }

  /** Rows of a table, one per token. */
  String embed(String tokens, long vocabulary, long width) {
    return rows(table(vocabulary, width), tokens);
  }

  String table(long vocabulary, long width) {
    parameters += vocabulary * width;
    return stored.weights("table", 0.05, vocabulary, width);
  }

  String rows(String table, String tokens) {
    long[] in = shape(tokens);
    long[] out = Arrays.copyOf(in, in.length + 1);
    out[in.length] = shape(table)[1];
    return node("Gather", out, List.of(table, tokens));
  }

  /** The place of the largest number of each row, which is the token that greedy decoding takes. */
  String argMax(String x) {
    long[] in = shape(x);
    return node(
        "ArgMax",
        Arrays.copyOf(in, in.length - 1),
        List.of(x),
        Protos.integer("axis", -1),
        Protos.integer("keepdims", 0));
  }

  /** Adds nothing to what is before a token, and a large negative number to what is after it. */
  String causal(long length) {
    int n = Math.toIntExact(length);
    float[] mask = new float[n * n];
    for (int row = 0; row < n; row++) {
      Arrays.fill(mask, row * n + row + 1, (row + 1) * n, -10_000f);
    }
    return stored.floats("mask", mask, 1, 1, length, length);
  }

  /** A learned tensor that is added or joined as it is. */
  String parameter(String name, long... shape) {
    parameters += elements(shape);
    return stored.weights(name, 0.05, shape);
  }

  String first(String x) {
    long[] in = shape(x);
    long[] out = {in[0], in[2]};
    return node("Gather", out, List.of(x, stored.integerScalar(0)), Protos.integer("axis", 1));
  }

  /** Adds parameters that the published count has and inference does not use. */
  void countUnused(long count) {
    parameters += count;
  }

  String castToFloat(String x) {
    return node(
        "Cast", shape(x), List.of(x), Protos.integer("to", TensorProto.DataType.FLOAT_VALUE));
  }

  String tanh(String x) {
    return node("Tanh", shape(x), List.of(x));
  }

  String subtractFromOne(String x) {
    return node("Sub", shape(x), List.of(stored.scalar(1), x));
  }

  String scale(String x, double factor) {
    return node("Mul", shape(x), List.of(x, stored.scalar((float) factor)));
  }

  private String node(
      String type, long[] shape, List<String> inputs, AttributeProto... attributes) {
    String output = phase + stored.fresh(type.toLowerCase(Locale.ROOT));
    graph.addNode(
        NodeProto.newBuilder()
            .setName(output)
            .setOpType(type)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    shapes.put(output, shape.clone());
    return output;
  }

  static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
