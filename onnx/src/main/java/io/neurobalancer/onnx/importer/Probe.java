package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Loads a model into ONNX Runtime, runs it once with the runtime's profiler on, and reads the
 * operators off what was executed. Everything here may crash, hang or fill the memory with a model
 * that wants it to, so it belongs into a process of its own ({@link ProbeProcess}).
 */
final class Probe {

  private Probe() {}

  /**
   * What a probe found.
   *
   * @param workload the operators
   * @param weightFiles the files beside the model that were read
   */
  record Found(Workload workload, List<Path> weightFiles) {}

  /**
   * Probes a model.
   *
   * @param name what messages and reports call it
   * @param scratch an empty folder for what the runtime writes
   * @throws OnnxModelException if it cannot be read or run
   */
  static Found run(String name, Path file, InputBindings bindings, Path scratch) {
    BoundModel model = BoundModel.open(name, file, bindings, scratch.resolve("weights.bin"));
    try {
      return found(model, execute(model, scratch), file, bindings);
    } catch (OrtException e) {
      Optional<BoundModel> other = model.otherwise();
      if (other.isEmpty()) {
        throw RuntimeErrors.explain(model, e);
      }
      return second(other.get(), model, e, file, bindings, scratch);
    } catch (IOException e) {
      throw noScratch(name, e);
    }
  }

  private static Found second(
      BoundModel other,
      BoundModel first,
      OrtException reason,
      Path file,
      InputBindings bindings,
      Path scratch) {
    try {
      return found(other, execute(other, scratch), file, bindings);
    } catch (OrtException e) {
      throw RuntimeErrors.explain(first, reason);
    } catch (IOException e) {
      throw noScratch(first.name(), e);
    }
  }

  private static Found found(
      BoundModel model, Execution execution, Path file, InputBindings bindings) {
    OperatorReader reader = new OperatorReader(model, execution.optimized(), execution.trace());
    String hash = Hashes.workload(file, model.shapes(), bindings.values());
    return new Found(reader.workload(hash), model.weightFiles());
  }

  private static OnnxModelException noScratch(String name, IOException e) {
    return new OnnxModelException(
        "The model '%s' cannot be prepared: a temporary file cannot be used (%s).%nMaybe free some space or set java.io.tmpdir."
            .formatted(name, IoReason.of(e)),
        e);
  }

  private static Execution execute(BoundModel model, Path scratch)
      throws OrtException, IOException {
    try {
      return execute(model, true, scratch);
    } catch (OrtException fixed) {
      // A branch that does not fit these shapes is refused when they are written into the graph,
      // and never run when they are not.
      return execute(model, false, scratch);
    }
  }

  /** The graph that was executed, and what was executed of it. */
  private record Execution(ModelProto optimized, ExecutionTrace trace) {}

  private static Execution execute(BoundModel model, boolean fixed, Path scratch)
      throws OrtException, IOException {
    Path saved = Files.createTempFile(scratch, "optimized-", ".onnx");
    Path profile;
    try (OrtSession.SessionOptions options =
        OnnxSessions.options(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT)) {
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      // Copies of the weights in the kernels' own layout would double what they take.
      options.addConfigEntry("session.disable_prepacking", "1");
      options.setOptimizedModelFilePath(saved.toString());
      options.enableProfiling(scratch.resolve("profile").toString());
      try (OrtSession session = model.session(options, fixed)) {
        model.run(session).close();
        profile = Path.of(session.endProfiling());
      }
    }
    ModelProto optimized;
    try (InputStream in = Files.newInputStream(saved, StandardOpenOption.READ)) {
      optimized = ModelProto.parseFrom(in);
    }
    return new Execution(optimized, ExecutionTrace.read(profile));
  }
}
