package io.neurobalancer.onnx.importer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Turns ONNX models into workloads. A model is run once, in a process of its own unless it is
 * trusted; what was found is kept in the user's cache folder.
 */
public final class OnnxWorkloads {

  /** A model is held as it is and as it was optimized, beside what else the process holds. */
  private static final long HEAP_PER_BYTE = 8;

  private OnnxWorkloads() {}

  /**
   * Loads the operators of a model file.
   *
   * @throws OnnxModelException if the file is no model that ONNX Runtime can run, or an input has a
   *     dimension or a value that neither the model nor {@code bindings} nor a default gives
   */
  public static Workload load(Path file, InputBindings bindings) {
    return load(file, bindings, CacheFolder.ofUser());
  }

  /**
   * Loads the operators of a model file, and keeps them in a cache folder.
   *
   * @throws OnnxModelException as {@link #load(Path, InputBindings)}
   */
  public static Workload load(Path file, InputBindings bindings, Path cacheFolder) {
    return load(file, bindings, cacheFolder, !ProbeProcess.available());
  }

  /**
   * Loads the operators of a model that is trusted, as those of the zoo are: in this process if it
   * has the memory for it, which spares starting another one.
   *
   * @throws OnnxModelException as {@link #load(Path, InputBindings)}
   */
  public static Workload loadTrusted(Path file, InputBindings bindings, Path cacheFolder) {
    boolean here = file.toFile().length() < Runtime.getRuntime().maxMemory() / HEAP_PER_BYTE;
    return load(file, bindings, cacheFolder, here || !ProbeProcess.available());
  }

  private static Workload load(
      Path file, InputBindings bindings, Path cacheFolder, boolean inThisProcess) {
    ModelBytes.requireFile(file);
    String name = BoundModel.name(file);
    ProbeCache cache = new ProbeCache(cacheFolder);
    String key = ProbeCache.key(name, file, bindings);
    Optional<Workload> known = cache.find(key);
    if (known.isPresent()) {
      return known.get();
    }
    WorkloadCodec.Answer answer =
        probe(new ProbeRequest(name, file.toAbsolutePath(), bindings), inThisProcess);
    cache.keep(key, answer);
    return answer.workloads().get(0);
  }

  /**
   * Loads the operators of a model in memory.
   *
   * @param name what messages and reports call it
   * @throws OnnxModelException as {@link #load(Path, InputBindings)}
   */
  public static Workload load(String name, byte[] model, InputBindings bindings) {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Path file = Files.write(scratch.file("given.onnx"), model);
      ProbeRequest request = new ProbeRequest(SafeText.name(name), file, bindings);
      return probe(request, !ProbeProcess.available()).workloads().get(0);
    } catch (IOException e) {
      throw noScratch(name, e);
    }
  }

  private static WorkloadCodec.Answer probe(ProbeRequest request, boolean inThisProcess) {
    if (!inThisProcess) {
      return new ProbeProcess(request).run();
    }
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Probe.Found found =
          Probe.run(request.name(), request.model(), request.bindings(), scratch.path());
      return new WorkloadCodec.Answer(
          "",
          List.of(found.workload()),
          found.weightFiles().stream().map(ProbeCache::stamp).toList());
    } catch (IOException e) {
      throw noScratch(request.name(), e);
    }
  }

  private static OnnxModelException noScratch(String name, IOException e) {
    return new OnnxModelException(
        "The model '%s' cannot be prepared: a temporary file cannot be written (%s).%nMaybe free some space or set java.io.tmpdir."
            .formatted(SafeText.name(name), IoReason.of(e)),
        e);
  }

  /**
   * Returns the SHA-256 of a model file, lower-case hexadecimal.
   *
   * @throws OnnxModelException if it cannot be read
   */
  public static String fileHash(Path file) {
    return Hashes.file(file);
  }

  /**
   * Runs a model once on generated inputs, in this process: for models that are trusted.
   *
   * @return the shape of the first output and whether every output number is finite
   */
  public static OutputCheck check(Path file, InputBindings bindings) {
    BoundModel model = BoundModel.open(file, bindings);
    try (OrtSession.SessionOptions options =
            OnnxSessions.options(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
        OrtSession session = model.session(options, true)) {
      return OutputCheck.run(model, session);
    } catch (OrtException e) {
      throw RuntimeErrors.explain(model, e);
    }
  }
}
