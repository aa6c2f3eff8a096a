package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.neurobalancer.files.IoReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Reads a model file without the weights in it. Each large tensor becomes a reference to where its
 * numbers are in the file, as if they had been kept outside: ONNX Runtime maps them from there, and
 * no copy is made in this process.
 */
final class ModelBytes {

  /** Location of a tensor whose numbers are in the model file itself. */
  static final String SELF = "\0self";

  /**
   * Tensors below this stay where they are: shapes, axes and scales, which the runtime wants at
   * hand.
   */
  private static final int REFERRED = 16 << 10;

  private static final int DEEPEST = 100;

  /** The key of ir_version, with which every ONNX writer begins a file. */
  private static final byte FIRST_KEY = 0x08;

  private static final int FLOAT = 1;
  private static final int DOUBLE = 11;

  /** The messages on the way to a tensor: which field of each leads to which. */
  private enum Message {
    MODEL,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR;

    private Message child(int field) {
      return switch (this) {
        case MODEL -> field == 7 ? GRAPH : field == 25 ? FUNCTION : this;
        case FUNCTION -> field == 7 ? NODE : this;
        case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : this;
        case NODE -> field == 5 ? ATTRIBUTE : this;
        case ATTRIBUTE -> field == 5 ? TENSOR : field == 6 || field == 11 ? GRAPH : this;
        case TENSOR -> this;
      };
    }
  }

  private final ByteBuffer data;

  private ModelBytes(ByteBuffer data) {
    this.data = data;
  }

  /**
   * Reads a model file.
   *
   * @throws OnnxModelException if it is none, with what it is instead where that can be seen
   */
  static ModelProto read(String name, Path file) {
    requireFile(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new OnnxModelException(
            "The model file '%s' has %d bytes; an ONNX file ends at 2 GiB.%nMaybe export the model with its weights in a file beside it (external data)."
                .formatted(SafeText.name(file.toString()), channel.size()));
      }
      return parse(name, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Refuses what is no regular file: a folder, a pipe, a device, nothing. */
  static void requireFile(Path file) {
    String shown = SafeText.name(file.toString());
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new OnnxModelException(
          "There is no model file '%s'.%nMaybe check the path, or use a zoo model ('neurobalancer models')."
              .formatted(shown));
    }
    if (!Files.exists(file)) {
      throw new OnnxModelException(
          "'%s' is a link to a file that does not exist.%nMaybe fetch the file that it points to."
              .formatted(shown));
    }
    if (Files.isDirectory(file)) {
      throw new OnnxModelException(
          "'%s' is a folder, not a model file.%nMaybe name the .onnx file in it.".formatted(shown));
    }
    if (!Files.isRegularFile(file)) {
      throw new OnnxModelException(
          "'%s' is a pipe or a device, not a model file.%nMaybe save the model as a file first."
              .formatted(shown));
    }
  }

  static OnnxModelException unreadable(Path file, IOException e) {
    return new OnnxModelException(
        "The model file '%s' cannot be read (%s).%nMaybe check its permissions."
            .formatted(SafeText.name(file.toString()), SafeText.name(IoReason.of(e))),
        e);
  }

  /**
   * Parses a model.
   *
   * @throws OnnxModelException if the bytes are none
   */
  static ModelProto parse(String name, ByteBuffer data) {
    boolean looksLikeOnnx = data.limit() > 2 && data.get(0) == FIRST_KEY;
    ModelProto model;
    try {
      ByteArrayOutputStream small = new ByteArrayOutputStream();
      new ModelBytes(data).copy(Message.MODEL, 0, data.limit(), small, 0);
      model = ModelProto.parseFrom(small.toByteArray());
    } catch (InvalidProtocolBufferException | Damaged | IndexOutOfBoundsException e) {
      throw new OnnxModelException(
          looksLikeOnnx
              ? "The model '%s' is cut off or damaged after its beginning (%d bytes).%nMaybe copy or download it again."
                  .formatted(name, data.limit())
              : notOnnx(name, data),
          e);
    }
    if (!model.hasGraph() || model.getIrVersion() <= 0) {
      throw new OnnxModelException(notOnnx(name, data));
    }
    if (model.getGraph().getNodeCount() == 0) {
      throw new OnnxModelException(
          "The model '%s' has no operator.%nMaybe it was cut off, or exported empty."
              .formatted(name));
    }
    return model;
  }

  private static String notOnnx(String name, ByteBuffer data) {
    if (data.limit() == 0) {
      return "The model file '%s' is empty.%nMaybe copy or download it again.".formatted(name);
    }
    byte[] head = new byte[Math.min(64, data.limit())];
    data.get(0, head);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String lower = text.toLowerCase(Locale.ROOT).strip();
    if (text.startsWith("version https://git-lfs")) {
      return "'%s' is a Git LFS pointer, not the model.%nMaybe fetch the model with 'git lfs pull'."
          .formatted(name);
    }
    String instead =
        lower.startsWith("<!doctype") || lower.startsWith("<html")
            ? "it is a web page; maybe the download needs a login or another address"
            : text.startsWith("PK")
                ? "it is a ZIP archive or a PyTorch file; maybe unpack it, or export the model as .onnx"
                : text.startsWith("TFL3", 4)
                    ? "it is a TensorFlow Lite model; maybe export the model as .onnx"
                    : text.startsWith("ORTM", 4)
                        ? "it is in ONNX Runtime's own format; maybe use the .onnx file that it was made from"
                        : text.startsWith("GGUF") ? "it is a GGUF file; maybe export as .onnx" : "";
    if (!instead.isEmpty()) {
      String[] parts = instead.split("; maybe ", -1);
      return "'%s' is no ONNX model: %s.%nMaybe %s.".formatted(name, parts[0], parts[1]);
    }
    return "'%s' is no ONNX model.%nMaybe export the model as .onnx first.".formatted(name);
  }

  /** Copies one message, large tensors replaced. */
  private void copy(Message message, int from, int to, ByteArrayOutputStream out, int depth) {
    if (depth > DEEPEST) {
      throw new Damaged();
    }
    Cursor cursor = new Cursor(from);
    while (cursor.at < to) {
      int start = cursor.at;
      long key = cursor.varint(to);
      int field = (int) (key >>> 3);
      int wire = (int) (key & 7);
      if (wire != 2) {
        cursor.skip(wire, to);
        copy(start, cursor.at, out);
        continue;
      }
      int length = cursor.length(to);
      int end = cursor.at + length;
      Message child = message.child(field);
      if (child == message || message == Message.TENSOR) {
        copy(start, end, out);
      } else {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        if (child == Message.TENSOR) {
          tensor(cursor.at, end, inner);
        } else {
          copy(child, cursor.at, end, inner, depth + 1);
        }
        varint(key, out);
        varint(inner.size(), out);
        out.writeBytes(inner.toByteArray());
      }
      cursor.at = end;
    }
  }

  /** Copies a tensor; its numbers only if they are few. */
  private void tensor(int from, int to, ByteArrayOutputStream out) {
    long type = 0;
    int large = 0;
    int largeField = 0;
    int largeAt = 0;
    int largeLength = 0;
    Cursor cursor = new Cursor(from);
    while (cursor.at < to) {
      long key = cursor.varint(to);
      int field = (int) (key >>> 3);
      int wire = (int) (key & 7);
      if (field == 2 && wire == 0) {
        type = cursor.varint(to);
      } else if (wire == 2) {
        int length = cursor.length(to);
        if ((field == 9 || field == 4 || field == 10) && length > 0) {
          large++;
          largeField = field;
          largeAt = cursor.at;
          largeLength = length;
        }
        cursor.at += length;
      } else {
        cursor.skip(wire, to);
      }
    }
    // Packed float_data of floats, and double_data of doubles, are laid out as raw_data is.
    boolean raw =
        largeField == 9
            || (largeField == 4 && type == FLOAT)
            || (largeField == 10 && type == DOUBLE);
    if (large != 1 || largeLength < REFERRED || !raw) {
      copy(from, to, out);
      return;
    }
    int valueStart = largeAt;
    Cursor again = new Cursor(from);
    while (again.at < to) {
      int start = again.at;
      long key = again.varint(to);
      int wire = (int) (key & 7);
      if (wire == 2) {
        int length = again.length(to);
        boolean replaced = again.at == valueStart && length == largeLength;
        again.at += length;
        if (replaced) {
          continue;
        }
      } else {
        again.skip(wire, to);
      }
      copy(start, again.at, out);
    }
    entry("location", SELF, out);
    entry("offset", String.valueOf(valueStart), out);
    entry("length", String.valueOf(largeLength), out);
    varint(14 << 3, out); // data_location
    varint(1, out); // EXTERNAL
  }

  private static void entry(String key, String value, ByteArrayOutputStream out) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    text(1, key, inner);
    text(2, value, inner);
    varint(13 << 3 | 2, out); // external_data
    varint(inner.size(), out);
    out.writeBytes(inner.toByteArray());
  }

  private static void text(int field, String value, ByteArrayOutputStream out) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint((long) field << 3 | 2, out);
    varint(bytes.length, out);
    out.writeBytes(bytes);
  }

  private static void varint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private void copy(int from, int to, ByteArrayOutputStream out) {
    byte[] bytes = new byte[to - from];
    data.get(from, bytes);
    out.writeBytes(bytes);
  }

  /** A place in the file that reads what protocol buffers are made of. */
  private final class Cursor {
    private int at;

    Cursor(int at) {
      this.at = at;
    }

    long varint(int end) {
      long value = 0;
      for (int shift = 0; shift < 70; shift += 7) {
        if (at >= end) {
          throw new Damaged();
        }
        byte next = data.get(at++);
        value |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new Damaged();
    }

    int length(int end) {
      long length = varint(end);
      if (length < 0 || length > end - at) {
        throw new Damaged();
      }
      return (int) length;
    }

    void skip(int wire, int end) {
      switch (wire) {
        case 0 -> varint(end);
        case 1 -> at += 8;
        case 5 -> at += 4;
        default -> throw new Damaged();
      }
      if (at > end) {
        throw new Damaged();
      }
    }
  }

  /** The bytes are no protocol buffer. */
  private static final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
