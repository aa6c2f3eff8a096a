package io.neurobalancer.onnx.importer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An array in NumPy's file format, version 1 to 3 (NumPy enhancement proposal 1).
 *
 * @param type of its elements, as ONNX numbers them
 * @param shape extents
 * @param data the elements, little-endian, first axis slowest
 */
record NpyFile(int type, List<Long> shape, ByteBuffer data) {

  private static final String MAGIC = "\u0093NUMPY";
  private static final Map<String, Integer> TYPES =
      Map.ofEntries(
          Map.entry("f4", 1),
          Map.entry("u1", 2),
          Map.entry("i1", 3),
          Map.entry("u2", 4),
          Map.entry("i2", 5),
          Map.entry("i4", 6),
          Map.entry("i8", 7),
          Map.entry("b1", 9),
          Map.entry("f2", 10),
          Map.entry("f8", 11),
          Map.entry("u4", 12),
          Map.entry("u8", 13));

  /**
   * Reads a file.
   *
   * @throws OnnxModelException if it is none, or its elements are of a type that cannot be fed
   */
  static NpyFile read(String text) {
    String shown = SafeText.name(text);
    try {
      Path file = Path.of(text);
      if (!Files.isRegularFile(file)) {
        throw new OnnxModelException(
            "There is no file '%s' with the values of an input.%nMaybe check the path after the @."
                .formatted(shown));
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        if (size > InputTensor.LARGEST + 65_536) {
          throw invalid(shown, "it has %d bytes, more than can be fed".formatted(size));
        }
        ByteBuffer all = ByteBuffer.allocateDirect(Math.toIntExact(size));
        int read = 0;
        while (all.hasRemaining() && read >= 0) {
          read = channel.read(all);
        }
        return parse(shown, all.flip().order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (InvalidPathException e) {
      throw new OnnxModelException(
          "'%s' is no file name.%nMaybe check the path after the @.".formatted(shown), e);
    } catch (IOException e) {
      throw new OnnxModelException(
          "The file '%s' cannot be read.%nMaybe check its permissions.".formatted(shown), e);
    }
  }

  static NpyFile parse(String shown, ByteBuffer all) {
    byte[] magic = new byte[6];
    if (all.remaining() < 10) {
      throw invalid(shown, "it is cut off");
    }
    all.get(0, magic);
    if (!new String(magic, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw invalid(shown, "it does not begin as one");
    }
    int version = all.get(6);
    int start = version == 1 ? 10 : 12;
    long length =
        version == 1 ? all.getShort(8) & 0xFFFF : start > all.limit() ? -1 : all.getInt(8);
    if (length < 0 || length > all.limit() - start) {
      throw invalid(shown, "its header is cut off");
    }
    byte[] bytes = new byte[(int) length];
    all.get(start, bytes);
    String header = new String(bytes, StandardCharsets.ISO_8859_1);
    String order = field(header, "'descr':", shown);
    String kind = order.length() < 4 ? "" : order.substring(2, order.length() - 1);
    Integer type = TYPES.get(kind);
    if (type == null || order.charAt(1) == '>') {
      throw invalid(shown, "its elements %s cannot be fed".formatted(SafeText.name(order)));
    }
    if (field(header, "'fortran_order':", shown).startsWith("True")) {
      throw invalid(shown, "its first axis is the fastest (fortran_order)");
    }
    List<Long> shape = shape(header, shown);
    int dataStart = start + (int) length;
    ByteBuffer data = all.slice(dataStart, all.limit() - dataStart).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (TensorTypes.bytes(type, InputTensor.elements(shape)) != data.limit()) {
        throw invalid(
            shown, "it has %d bytes of data for the shape %s".formatted(data.limit(), shape));
      }
    } catch (ArithmeticException e) {
      throw invalid(shown, "its shape %s is too large".formatted(shape));
    }
    return new NpyFile(type, shape, data);
  }

  private static String field(String header, String key, String shown) {
    int at = header.indexOf(key);
    if (at < 0) {
      throw invalid(shown, "its header has no " + key);
    }
    int end = header.indexOf(',', at);
    return header.substring(at + key.length(), end < 0 ? header.length() : end).strip();
  }

  private static List<Long> shape(String header, String shown) {
    int open = header.indexOf('(', Math.max(0, header.indexOf("'shape':")));
    int close = header.indexOf(')', Math.max(0, open));
    if (open < 0 || close < 0) {
      throw invalid(shown, "its header has no shape");
    }
    List<Long> shape = new ArrayList<>();
    for (String part : header.substring(open + 1, close).split(",", -1)) {
      if (!part.isBlank()) {
        try {
          shape.add(Math.max(0, Long.parseLong(part.strip())));
        } catch (NumberFormatException e) {
          throw invalid(shown, "its shape is no list of numbers");
        }
      }
    }
    return List.copyOf(shape);
  }

  private static OnnxModelException invalid(String file, String reason) {
    return new OnnxModelException(
        "'%s' is no array that can be fed: %s.%nMaybe save it with numpy.save, contiguous and of a plain type."
            .formatted(file, reason));
  }
}
