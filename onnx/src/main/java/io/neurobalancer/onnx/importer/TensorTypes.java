package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Element types as ONNX numbers them, as ONNX Runtime's trace spells them, and as we have them. */
final class TensorTypes {

  static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT8 = 3;
  static final int UINT16 = 4;
  static final int INT16 = 5;
  static final int INT32 = 6;
  static final int INT64 = 7;
  static final int STRING = 8;
  static final int BOOL = 9;
  static final int FLOAT16 = 10;
  static final int DOUBLE = 11;
  static final int BFLOAT16 = 16;

  private static final Map<Integer, DataType> BY_NUMBER =
      Map.ofEntries(
          Map.entry(1, DataType.FLOAT32),
          Map.entry(2, DataType.UINT8),
          Map.entry(3, DataType.INT8),
          Map.entry(4, DataType.UINT16),
          Map.entry(5, DataType.INT16),
          Map.entry(6, DataType.INT32),
          Map.entry(7, DataType.INT64),
          Map.entry(9, DataType.BOOL),
          Map.entry(10, DataType.FLOAT16),
          Map.entry(11, DataType.FLOAT64),
          Map.entry(12, DataType.UINT32),
          Map.entry(13, DataType.UINT64),
          Map.entry(16, DataType.BFLOAT16),
          Map.entry(17, DataType.FLOAT8),
          Map.entry(18, DataType.FLOAT8),
          Map.entry(19, DataType.FLOAT8),
          Map.entry(20, DataType.FLOAT8),
          Map.entry(21, DataType.UINT4),
          Map.entry(22, DataType.INT4));

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0, "undefined"),
          Map.entry(1, "float32"),
          Map.entry(8, "string"),
          Map.entry(11, "float64"),
          Map.entry(14, "complex64"),
          Map.entry(15, "complex128"));

  private TensorTypes() {}

  /** Returns the type with a number of ONNX; null for texts, complex and unknown ones. */
  static @Nullable DataType of(int number) {
    return BY_NUMBER.get(number);
  }

  /** Returns what to call a type in a message. */
  static String name(int number) {
    DataType type = of(number);
    String fallback = type == null ? "type " + number : type.name().toLowerCase(Locale.ROOT);
    return NAMES.getOrDefault(number, fallback);
  }

  /** Returns the type that a trace of ONNX Runtime names, such as {@code float} or Int4x2. */
  static @Nullable DataType traced(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "float" -> DataType.FLOAT32;
      case "double" -> DataType.FLOAT64;
      case "float16" -> DataType.FLOAT16;
      case "bfloat16" -> DataType.BFLOAT16;
      case "int64" -> DataType.INT64;
      case "int32" -> DataType.INT32;
      case "int16" -> DataType.INT16;
      case "int8" -> DataType.INT8;
      case "uint64" -> DataType.UINT64;
      case "uint32" -> DataType.UINT32;
      case "uint16" -> DataType.UINT16;
      case "uint8" -> DataType.UINT8;
      case "bool" -> DataType.BOOL;
      default ->
          plain.startsWith("int4")
              ? DataType.INT4
              : plain.startsWith("uint4")
                  ? DataType.UINT4
                  : plain.startsWith("float8") ? DataType.FLOAT8 : null;
    };
  }

  /** Returns the bytes of a packed tensor; 0 for texts, whose size no shape tells. */
  static long bytes(int number, long elements) {
    DataType type = of(number);
    if (type != null) {
      return type.bytes(elements);
    }
    return number == 14 ? Math.multiplyExact(elements, 8) : number == 15 ? 16 * elements : 0;
  }
}
