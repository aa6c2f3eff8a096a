package io.neurobalancer.onnx.importer;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a probe is asked, as one process hands it to another.
 *
 * @param name what messages and reports call the model
 * @param model the file, an absolute path
 * @param bindings what the user says about its inputs
 */
record ProbeRequest(String name, Path model, InputBindings bindings) {

  void write(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      WorkloadCodec.text(out, name);
      WorkloadCodec.text(out, model.toString());
      out.writeInt(bindings.shapes().size());
      for (Map.Entry<String, List<Long>> shape : bindings.shapes().entrySet()) {
        WorkloadCodec.text(out, shape.getKey());
        out.writeInt(shape.getValue().size());
        for (long extent : shape.getValue()) {
          out.writeLong(extent);
        }
      }
      out.writeInt(bindings.values().size());
      for (Map.Entry<String, String> value : bindings.values().entrySet()) {
        WorkloadCodec.text(out, value.getKey());
        WorkloadCodec.text(out, value.getValue());
      }
    }
    Files.write(file, bytes.toByteArray());
  }

  static ProbeRequest read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      String name = WorkloadCodec.text(in);
      Path model = Path.of(WorkloadCodec.text(in));
      Map<String, List<Long>> shapes = new LinkedHashMap<>();
      for (int s = in.readInt(); s > 0; s--) {
        String input = WorkloadCodec.text(in);
        List<Long> extents = new ArrayList<>();
        for (int d = in.readInt(); d > 0; d--) {
          extents.add(in.readLong());
        }
        shapes.put(input, List.copyOf(extents));
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (int v = in.readInt(); v > 0; v--) {
        values.put(WorkloadCodec.text(in), WorkloadCodec.text(in));
      }
      return new ProbeRequest(name, model, new InputBindings(shapes, values));
    }
  }
}
