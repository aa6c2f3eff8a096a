package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.neurobalancer.workload.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs models of half precision on a processor that has none.
 *
 * <p>The processor of this machine would get a cast around every operator, which no phone has. So
 * the model is run as its twin in single precision, operator for operator, and each tensor is noted
 * to be what the model says. Casts that the model itself has are kept, as copies that the runtime
 * does not remove.
 */
final class HalfPrecision {

  /** Begins the names of the model's own casts to half precision in the twin. */
  static final String CAST = "neurobalancer.cast.";

  private static final int CHUNK = 1 << 20;

  /** Attributes that name an element type. */
  private static final Set<String> TYPE_ATTRIBUTES =
      Set.of("to", "dtype", "output_dtype", "output_datatype", "stash_type", "precision");

  /** Those of them that say what the result is. */
  private static final Set<String> RESULT_ATTRIBUTES =
      Set.of("to", "dtype", "output_dtype", "output_datatype");

  /** Operators whose result has the type of an input other than the first, by that input. */
  private static final Map<String, Integer> TYPED_BY =
      Map.of(
          "Where", 1, "CastLike", 1, "DequantizeLinear", 1, "OneHot", 2, "GatherBlockQuantized", 2);

  /** Operators whose result is a truth value or an index, whatever they read. */
  private static final Map<String, Integer> FIXED =
      Map.ofEntries(
          Map.entry("Equal", TensorTypes.BOOL),
          Map.entry("Greater", TensorTypes.BOOL),
          Map.entry("GreaterOrEqual", TensorTypes.BOOL),
          Map.entry("Less", TensorTypes.BOOL),
          Map.entry("LessOrEqual", TensorTypes.BOOL),
          Map.entry("IsNaN", TensorTypes.BOOL),
          Map.entry("IsInf", TensorTypes.BOOL),
          Map.entry("Shape", TensorTypes.INT64),
          Map.entry("Size", TensorTypes.INT64),
          Map.entry("NonZero", TensorTypes.INT64),
          Map.entry("ArgMax", TensorTypes.INT64),
          Map.entry("ArgMin", TensorTypes.INT64),
          Map.entry("QuantizeLinear", TensorTypes.UINT8),
          Map.entry("DynamicQuantizeLinear", TensorTypes.UINT8));

  /** Element types as ONNX numbers them, as far as they are known. */
  private final Map<String, Integer> types = new HashMap<>();

  private HalfPrecision() {}

  /** Returns whether a model has any tensor of half precision. */
  static boolean uses(ModelProto.Builder model) {
    boolean[] found = {false};
    WeightFiles.tensors(model, tensor -> found[0] |= half(tensor.getDataType()));
    GraphPreparation.graphs(
        model.getGraphBuilder(),
        graph -> {
          graph.getInputList().forEach(input -> found[0] |= half(input.getType()));
          for (NodeProto node : graph.getNodeList()) {
            for (AttributeProto attribute : node.getAttributeList()) {
              found[0] |=
                  TYPE_ATTRIBUTES.contains(attribute.getName()) && half((int) attribute.getI());
            }
          }
        });
    return found[0];
  }

  /**
   * Turns a model into its twin in single precision.
   *
   * @param weights a file to write its weights to; it must outlive the loading only
   * @return the type of each tensor of half or single precision in the model
   */
  static Map<String, DataType> widen(
      String name, ModelProto.Builder model, WeightFiles files, Path weights) throws IOException {
    HalfPrecision half = new HalfPrecision();
    half.note(model.getGraph());
    try (FileChannel out =
        FileChannel.open(weights, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Widener widener = new Widener(name, files, out, String.valueOf(weights.getFileName()));
      WeightFiles.tensors(model, widener::tensor);
      if (widener.failure != null) {
        throw widener.failure;
      }
    }
    GraphPreparation.graphs(model.getGraphBuilder(), half::graph);
    for (FunctionProto.Builder function : model.getFunctionsBuilderList()) {
      function.getNodeBuilderList().forEach(half::attributes);
    }
    Map<String, DataType> precisions = new HashMap<>();
    half.types.forEach(
        (tensor, type) -> {
          DataType known = TensorTypes.of(type);
          if (known == DataType.FLOAT32 || half(type)) {
            precisions.put(tensor, known);
          }
        });
    return precisions;
  }

  private static boolean half(int type) {
    return type == TensorTypes.FLOAT16 || type == TensorTypes.BFLOAT16;
  }

  private static boolean half(TypeProto type) {
    return type.hasTensorType()
        ? half(type.getTensorType().getElemType())
        : type.hasSequenceType()
            ? half(type.getSequenceType().getElemType())
            : type.hasOptionalType() && half(type.getOptionalType().getElemType());
  }

  /** Notes which tensors are of half precision: a result has the type of what it is made from. */
  private void note(GraphProto graph) {
    for (TensorProto weight : graph.getInitializerList()) {
      note(weight.getName(), weight.getDataType());
    }
    graph
        .getSparseInitializerList()
        .forEach(w -> note(w.getValues().getName(), w.getValues().getDataType()));
    for (ValueInfoProto input : graph.getInputList()) {
      if (input.getType().hasTensorType()) {
        note(input.getName(), input.getType().getTensorType().getElemType());
      }
    }
    for (NodeProto node : graph.getNodeList()) {
      note(node);
    }
  }

  private void note(NodeProto node) {
    int declared = 0;
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        note(attribute.getG());
        for (int o = 0; o < node.getOutputCount(); o++) {
          // The results of a body are those of its operator, after the condition of a loop.
          int shift = node.getOpType().equals("Loop") ? 1 : 0;
          if (o + shift < attribute.getG().getOutputCount()) {
            copy(attribute.getG().getOutput(o + shift).getName(), node.getOutput(o));
          }
        }
      }
      if (RESULT_ATTRIBUTES.contains(attribute.getName())) {
        declared = (int) attribute.getI();
      }
      if (node.getOpType().equals("ConstantOfShape") || node.getOpType().equals("Constant")) {
        declared = attribute.getT().getDataType();
      }
    }
    declared = declared == 0 ? FIXED.getOrDefault(node.getOpType(), 0) : declared;
    if (declared != 0) {
      for (String output : node.getOutputList()) {
        note(output, declared);
      }
      return;
    }
    int by = TYPED_BY.getOrDefault(node.getOpType(), 0);
    if (by < node.getInputCount()) {
      for (String output : node.getOutputList()) {
        copy(node.getInput(by), output);
      }
    }
  }

  private void note(String tensor, int type) {
    types.put(tensor, type);
  }

  private void copy(String from, String to) {
    Integer type = types.get(from);
    if (type != null && !to.isEmpty()) {
      types.putIfAbsent(to, type);
    }
  }

  private void graph(GraphProto.Builder graph) {
    graph.getInputBuilderList().forEach(HalfPrecision::value);
    graph.getOutputBuilderList().forEach(HalfPrecision::value);
    graph.getValueInfoBuilderList().forEach(HalfPrecision::value);
    graph.getNodeBuilderList().forEach(this::attributes);
  }

  private static void value(ValueInfoProto.Builder value) {
    if (half(value.getType())) {
      type(value.getTypeBuilder());
    }
  }

  private static void type(TypeProto.Builder type) {
    if (type.hasTensorType()) {
      type.getTensorTypeBuilder().setElemType(TensorTypes.FLOAT);
    } else if (type.hasSequenceType()) {
      type(type.getSequenceTypeBuilder().getElemTypeBuilder());
    } else if (type.hasOptionalType()) {
      type(type.getOptionalTypeBuilder().getElemTypeBuilder());
    }
  }

  private void attributes(NodeProto.Builder node) {
    boolean half = false;
    for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
      if (TYPE_ATTRIBUTES.contains(attribute.getName()) && half((int) attribute.getI())) {
        attribute.setI(TensorTypes.FLOAT);
        half = true;
      }
      if (attribute.hasTp() && half(attribute.getTp())) {
        type(attribute.getTpBuilder());
      }
    }
    boolean cast = node.getOpType().equals("Cast") && node.getInputCount() == 1;
    int from = cast ? types.getOrDefault(node.getInput(0), 0) : 0;
    boolean narrows = half && from == TensorTypes.FLOAT;
    boolean widens = !half && half(from) && attribute(node) == TensorTypes.FLOAT;
    boolean real = cast && (narrows || widens);
    if (real) {
      // A maximum of one tensor is a copy that no optimizer removes.
      node.setOpType("Max").setName(CAST + node.getName()).clearAttribute();
    }
  }

  private static long attribute(NodeProto.Builder node) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("to"))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(0);
  }

  /** Writes weights of half precision as floats, and those of other types as they are. */
  private static final class Widener {
    private final String name;
    private final WeightFiles files;
    private final FileChannel out;
    private final String location;
    private @Nullable IOException failure;

    Widener(String name, WeightFiles files, FileChannel out, String location) {
      this.name = name;
      this.files = files;
      this.out = out;
      this.location = location;
    }

    void tensor(TensorProto.Builder tensor) {
      int type = tensor.getDataType();
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        try {
          long start = out.position();
          write(WeightFiles.read(name, files.place(tensor.build())), type);
          refer(tensor, start, out.position() - start);
        } catch (IOException e) {
          failure = e;
        }
      } else if (half(type) && !tensor.getRawData().isEmpty()) {
        tensor.setRawData(
            ByteString.copyFrom(widen(tensor.getRawData().asReadOnlyByteBuffer(), type).flip()));
      } else if (half(type)) {
        // Halves outside raw_data are bit patterns in int32_data.
        List<Integer> bits = tensor.getInt32DataList();
        tensor.clearInt32Data();
        bits.forEach(b -> tensor.addFloatData(toFloat(b.shortValue(), type)));
      }
      if (half(type)) {
        tensor.setDataType(TensorTypes.FLOAT);
      }
    }

    private void refer(TensorProto.Builder tensor, long offset, long length) {
      tensor.clearExternalData();
      entry(tensor, "location", location);
      entry(tensor, "offset", String.valueOf(offset));
      entry(tensor, "length", String.valueOf(length));
    }

    private static void entry(TensorProto.Builder tensor, String key, String value) {
      tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    }

    private void write(ByteBuffer data, int type) throws IOException {
      while (data.hasRemaining()) {
        ByteBuffer chunk = data.slice(data.position(), Math.min(CHUNK, data.remaining()));
        data.position(data.position() + chunk.remaining());
        ByteBuffer wide = half(type) ? widen(chunk, type).flip() : chunk;
        while (wide.hasRemaining()) {
          out.write(wide);
        }
      }
    }

    private static ByteBuffer widen(ByteBuffer half, int type) {
      ByteBuffer in = half.order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer wide = ByteBuffer.allocate(2 * in.remaining()).order(ByteOrder.LITTLE_ENDIAN);
      while (in.remaining() >= 2) {
        wide.putFloat(toFloat(in.getShort(), type));
      }
      return wide;
    }

    private static float toFloat(short bits, int type) {
      return type == TensorTypes.BFLOAT16
          ? Float.intBitsToFloat(bits << 16)
          : halfToFloat(bits & 0xFFFF);
    }

    private static float halfToFloat(int bits) {
      int exponent = bits >> 10 & 0x1F;
      int fraction = bits & 0x3FF;
      float magnitude =
          exponent == 0
              ? fraction * 0x1p-24f
              : exponent == 31
                  ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                  : Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
      return (bits & 0x8000) == 0 ? magnitude : -magnitude;
    }
  }
}
