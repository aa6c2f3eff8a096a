package io.neurobalancer.onnx.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs a model whole and in segments on the same made-up inputs, once, before the segments are
 * trusted: a model that draws random numbers, or an optimizer whose saved graph is not the one that
 * it runs, shows here.
 */
final class SplitCheck {

  private static final long MOST_MILLIS = 20_000;

  /** Sums in another order differ in the last digits of a float. */
  private static final double TOLERANCE = 1e-5;

  private final ModelFile file;
  private final EngineOptions engine;
  private final SharedWeights weights;

  SplitCheck(ModelFile file, EngineOptions engine, SharedWeights weights) {
    this.file = file;
    this.engine = engine;
    this.weights = weights;
  }

  /** Returns why the segments must not be used, or nothing if they may. */
  String difference(CompiledModel model, Path folder) throws OrtException {
    CompiledModel whole =
        CompiledModel.whole(
            model.workload(), model.cuts(), model.inputs(), model.outputs(), model.note());
    try (SegmentChain one = new SegmentChain(file, folder, whole, engine, weights);
        SegmentChain many = new SegmentChain(file, folder, model, engine, weights)) {
      Map<String, OnnxTensor> feeds;
      try {
        feeds = Feeds.of(OrtRuntime.environment(engine), one.session(0), engine.shapes());
      } catch (NeuroBalancerException e) {
        return ""; // nothing to feed, so nothing to compare
      }
      try (Watchdog watchdog = new Watchdog(MOST_MILLIS);
          SegmentChain.Job first = one.newJob();
          SegmentChain.Job second = many.newJob()) {
        try {
          run(first, feeds, 1, watchdog.options());
        } catch (OrtException e) {
          return ""; // it does not like the inputs either way
        }
        run(second, feeds, model.segments().size(), watchdog.options());
        return compare(model.outputs(), first.takeOutputs(), second.takeOutputs());
      } finally {
        OnnxValue.close(feeds.values());
      }
    }
  }

  private static void run(
      SegmentChain.Job job,
      Map<String, OnnxTensor> feeds,
      int segments,
      OrtSession.RunOptions options)
      throws OrtException {
    job.begin(feeds);
    for (int s = 0; s < segments; s++) {
      job.run(s, options);
    }
  }

  private static String compare(List<String> names, OnnxValue[] first, OnnxValue[] second) {
    try {
      for (int o = 0; o < first.length; o++) {
        if (first[o] instanceof OnnxTensor a
            && second[o] instanceof OnnxTensor b
            && a.getInfo().type != OnnxJavaType.STRING
            && !same(a, b)) {
          return "not cut: the output '" + names.get(o) + "' differs between two runs of the model";
        }
      }
      return "";
    } finally {
      OnnxValue.close(java.util.Arrays.asList(first));
      OnnxValue.close(java.util.Arrays.asList(second));
    }
  }

  private static boolean same(OnnxTensor a, OnnxTensor b) {
    ByteBuffer left = a.getByteBuffer().order(ByteOrder.nativeOrder());
    ByteBuffer right = b.getByteBuffer().order(ByteOrder.nativeOrder());
    if (left.equals(right)) {
      return true;
    }
    if (a.getInfo().type != OnnxJavaType.FLOAT || left.remaining() != right.remaining()) {
      return false;
    }
    FloatBuffer x = left.asFloatBuffer();
    FloatBuffer y = right.asFloatBuffer();
    double most = 0;
    double apart = 0;
    while (x.hasRemaining()) {
      double p = x.get();
      double q = y.get();
      most = Math.max(most, Math.abs(p));
      apart = Math.max(apart, Double.compare(p, q) == 0 ? 0 : Math.abs(p - q));
    }
    return apart <= TOLERANCE * most;
  }
}
