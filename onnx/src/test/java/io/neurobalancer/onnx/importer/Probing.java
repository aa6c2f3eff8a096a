package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Probes models in the process of the test, which is faster and safe for models that are ours. */
final class Probing {

  private Probing() {}

  static Workload load(String name, byte[] model, InputBindings bindings) {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Path file = Files.write(scratch.file("given.onnx"), model);
      return Probe.run(name, file, bindings, scratch.path()).workload();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Workload load(Path file, InputBindings bindings) {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      return Probe.run(BoundModel.name(file), file, bindings, scratch.path()).workload();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
