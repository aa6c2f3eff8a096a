package io.neurobalancer.onnx.engine;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The table of contents of a cached model: what it was made from, a checksum of every file, and
 * what a session needs to know. A binary record that ends with a checksum of itself.
 *
 * @param key what it depends on
 * @param files everything else in the folder
 * @param outside files of the model's own that hold weights
 * @param model what was compiled
 */
record Manifest(CacheKey key, List<Entry> files, List<Outside> outside, CompiledModel model) {

  static final String FILE = "manifest";

  /** Raised when the format or the compiler changes. */
  private static final int VERSION = 2;

  /** The name, length and checksum of a file. */
  record Entry(String name, long bytes, long checksum) {}

  /** The path, length and time of change of a file of the model's own. */
  record Outside(String path, long bytes, long modifiedMillis) {
    static Outside of(Path file) throws IOException {
      return new Outside(
          file.toString(), Files.size(file), Files.getLastModifiedTime(file).toMillis());
    }
  }

  /** Writes one element. */
  private interface Writer<T> {
    void write(DataOutputStream out, T element) throws IOException;
  }

  /** Reads one element. */
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  /** Returns the manifest of a folder full of files. */
  static Manifest of(CacheKey key, List<Outside> outside, CompiledModel model, Path folder)
      throws IOException {
    List<Entry> files = new ArrayList<>();
    try (var listed = Files.list(folder)) {
      for (Path file : listed.sorted().toList()) {
        files.add(new Entry(String.valueOf(file.getFileName()), Files.size(file), checksum(file)));
      }
    }
    return new Manifest(key, files, outside, model);
  }

  /** Returns whether all files are there as they were when the manifest was made. */
  boolean intact(Path folder) throws IOException {
    for (Entry entry : files) {
      Path file = folder.resolve(entry.name());
      if (!Files.isRegularFile(file)
          || Files.size(file) != entry.bytes()
          || checksum(file) != entry.checksum()) {
        return false;
      }
    }
    for (Outside file : outside) {
      if (!Files.isReadable(Path.of(file.path()))
          || !Outside.of(Path.of(file.path())).equals(file)) {
        return false;
      }
    }
    return true;
  }

  private static long checksum(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    try (FileChannel channel = FileChannel.open(file)) {
      for (long at = 0; at < channel.size(); at += 1 << 30) {
        checksum.update(
            channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(1 << 30, channel.size() - at)));
      }
    }
    return checksum.getValue();
  }

  void write(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(VERSION);
    out.writeUTF(key.modelHash());
    out.writeUTF(key.runtime());
    out.writeUTF(key.processor());
    writeText(out, key.request());
    writeList(
        out,
        files,
        (o, entry) -> {
          o.writeUTF(entry.name());
          o.writeLong(entry.bytes());
          o.writeLong(entry.checksum());
        });
    writeList(
        out,
        outside,
        (o, file) -> {
          writeText(o, file.path());
          o.writeLong(file.bytes());
          o.writeLong(file.modifiedMillis());
        });
    write(out, model);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.toByteArray());
    out.writeLong(checksum.getValue());
    Files.write(folder.resolve(FILE), bytes.toByteArray());
  }

  /**
   * Reads the manifest of a folder.
   *
   * @throws IOException if it is damaged or of another version
   */
  static Manifest read(Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(FILE));
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, Math.max(0, bytes.length - 8));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    if (bytes.length < 12
        || new DataInputStream(
                    new ByteArrayInputStream(
                        Arrays.copyOfRange(bytes, bytes.length - 8, bytes.length)))
                .readLong()
            != checksum.getValue()
        || in.readInt() != VERSION) {
      throw new IOException("damaged, or of another version");
    }
    try {
      CacheKey key = new CacheKey(in.readUTF(), in.readUTF(), in.readUTF(), readText(in));
      List<Entry> files = readList(in, i -> new Entry(i.readUTF(), i.readLong(), i.readLong()));
      List<Outside> outside =
          readList(in, i -> new Outside(readText(i), i.readLong(), i.readLong()));
      return new Manifest(key, files, outside, readModel(in));
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  private static void write(DataOutputStream out, CompiledModel model) throws IOException {
    writeText(out, model.workload().name());
    out.writeUTF(model.workload().hash());
    writeList(out, model.workload().operators(), Manifest::write);
    writeList(
        out,
        model.cuts(),
        (o, cut) -> {
          o.writeInt(cut.operator());
          o.writeInt(cut.tensors());
          o.writeLong(cut.bytes());
          o.writeDouble(cut.priceSeconds());
        });
    writeList(
        out,
        model.segments(),
        (o, segment) -> {
          o.writeUTF(segment.file());
          o.writeInt(segment.firstOperator());
          o.writeBoolean(segment.outside());
          writeList(o, segment.inputs(), Manifest::writeText);
          writeList(
              o,
              segment.outputs(),
              (p, port) -> {
                writeText(p, port.name());
                p.writeInt(port.type().onnxType());
                writeList(p, port.type().extents(), DataOutputStream::writeLong);
              });
        });
    writeList(out, model.inputs(), Manifest::writeText);
    writeList(out, model.outputs(), Manifest::writeText);
    writeText(out, model.note());
  }

  private static CompiledModel readModel(DataInputStream in) throws IOException {
    Workload workload = new Workload(readText(in), in.readUTF(), readList(in, Manifest::operator));
    List<Cut> cuts =
        readList(in, i -> new Cut(i.readInt(), i.readInt(), i.readLong(), i.readDouble()));
    List<CompiledModel.Segment> segments =
        readList(
            in,
            i ->
                new CompiledModel.Segment(
                    i.readUTF(),
                    i.readInt(),
                    i.readBoolean(),
                    readList(i, Manifest::readText),
                    readList(
                        i,
                        p ->
                            new CompiledModel.Port(
                                readText(p),
                                new TensorType(
                                    p.readInt(), readList(p, DataInputStream::readLong))))));
    return new CompiledModel(
        workload,
        cuts,
        segments,
        readList(in, Manifest::readText),
        readList(in, Manifest::readText),
        readText(in));
  }

  private static void write(DataOutputStream out, Operator operator) throws IOException {
    writeText(out, operator.name());
    writeText(out, operator.type());
    out.writeUTF(operator.kind().name());
    out.writeLong(operator.flops());
    out.writeLong(operator.weightBytes());
    out.writeLong(operator.inputBytes());
    out.writeLong(operator.outputBytes());
    writeShapes(out, operator.inputShapes());
    writeShapes(out, operator.weightShapes());
    writeShapes(out, operator.outputShapes());
    out.writeUTF(operator.dataType().name());
  }

  private static Operator operator(DataInputStream in) throws IOException {
    return new Operator(
        readText(in),
        readText(in),
        OperatorKind.valueOf(in.readUTF()),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        readShapes(in),
        readShapes(in),
        readShapes(in),
        DataType.valueOf(in.readUTF()));
  }

  private static void writeShapes(DataOutputStream out, List<TensorShape> shapes)
      throws IOException {
    writeList(out, shapes, (o, s) -> writeList(o, s.dimensions(), DataOutputStream::writeLong));
  }

  private static List<TensorShape> readShapes(DataInputStream in) throws IOException {
    return readList(in, i -> new TensorShape(readList(i, DataInputStream::readLong)));
  }

  /** Writes a text of any length; writeUTF ends at 64 KB, and names come from the model. */
  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static <T> void writeList(DataOutputStream out, List<T> list, Writer<T> writer)
      throws IOException {
    out.writeInt(list.size());
    for (T element : list) {
      writer.write(out, element);
    }
  }

  private static <T> List<T> readList(DataInputStream in, Reader<T> reader) throws IOException {
    int size = in.readInt();
    List<T> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(Objects.requireNonNull(reader.read(in)));
    }
    return list;
  }
}
