package io.neurobalancer.onnx.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's environment, of which a process has one, and session options.
 *
 * <p>Sessions that run one after the other must share one pool of threads: idle pools of their own
 * take the processors from the one that works (16 segments ran 12 to 17 times slower). Such a pool
 * can only be made together with the environment, so the first caller decides, and whoever has more
 * than one thread in mind should call {@link #environment(EngineOptions)} before anything else
 * loads a model.
 */
public final class OrtRuntime {

  /** What the environment was made with; ONNX Runtime itself does not tell. */
  private static @Nullable Pool pool;

  private record Pool(int threads, boolean spinning) {}

  private OrtRuntime() {}

  /** Returns the environment, with a pool of threads for all sessions if this call makes it. */
  public static synchronized OrtEnvironment environment(EngineOptions options) {
    if (pool == null && options.threads() > 1) {
      try (OrtEnvironment.ThreadingOptions threading = new OrtEnvironment.ThreadingOptions()) {
        threading.setGlobalIntraOpNumThreads(options.threads());
        threading.setGlobalInterOpNumThreads(1);
        threading.setGlobalSpinControl(options.spinning());
        OrtEnvironment made =
            OrtEnvironment.getEnvironment(
                OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "neurobalancer", threading);
        pool = new Pool(options.threads(), options.spinning());
        return made;
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      } catch (IllegalStateException e) {
        // Someone made the environment before, without a pool: sessions make their own threads.
        pool = new Pool(0, false);
      }
    }
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "neurobalancer");
  }

  /** Returns options of a session at an optimization level; the caller closes them. */
  static synchronized SessionOptions options(EngineOptions engine, OptLevel level)
      throws OrtException {
    environment(engine);
    SessionOptions options = new SessionOptions();
    options.setOptimizationLevel(level);
    options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setInterOpNumThreads(1);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    boolean shared =
        engine.threads() > 1
            && engine.affinity().isEmpty()
            && new Pool(engine.threads(), engine.spinning()).equals(pool);
    if (shared) {
      options.disablePerSessionThreads();
    } else {
      options.setIntraOpNumThreads(engine.threads());
      if (engine.threads() > 1) {
        options.addConfigEntry("session.intra_op.allow_spinning", engine.spinning() ? "1" : "0");
        if (!engine.affinity().isEmpty()) {
          options.addConfigEntry("session.intra_op_thread_affinities", engine.affinity());
        }
      }
    }
    return options;
  }

  /** Says in one sentence why ONNX Runtime refused something, its own words kept. */
  static NeuroBalancerException explain(String what, OrtException e, String maybe) {
    String reason =
        String.valueOf(e.getMessage())
            .replaceAll("\\s+", " ")
            .replaceAll("^Error code - \\w+ - message: ", "");
    return NeuroBalancerException.invalid(
        String.format(Locale.ROOT, "%s: %s%n%s", what, reason, maybe), e);
  }
}
