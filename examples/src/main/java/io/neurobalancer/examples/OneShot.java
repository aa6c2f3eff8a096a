package io.neurobalancer.examples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.engine.SessionResult;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * Classifies one picture. Against plain ONNX Runtime one line differs: {@code BalancedSession.open}
 * stands where {@code environment.createSession} stood.
 */
public final class OneShot {

  private OneShot() {}

  /** Takes the path of a model with one input {@code image} of 1x3x224x224. */
  public static void main(String[] arguments) throws OrtException {
    System.out.println(
        "class " + classify(Path.of(arguments[0]), EngineOptions.defaults(), grey(224)));
  }

  static int classify(Path model, EngineOptions options, FloatBuffer pixels) throws OrtException {
    try (BalancedSession session = BalancedSession.open(model, options);
        OnnxTensor image =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), pixels, new long[] {1, 3, 224, 224});
        SessionResult result = session.run(Map.of("image", image))) {
      return largest(((OnnxTensor) result.get(0)).getFloatBuffer());
    }
  }

  private static int largest(FloatBuffer scores) {
    int best = 0;
    for (int i = 1; i < scores.remaining(); i++) {
      best = scores.get(i) > scores.get(best) ? i : best;
    }
    return best;
  }

  static FloatBuffer grey(int size) {
    FloatBuffer pixels = FloatBuffer.allocate(3 * size * size);
    for (int p = 0; p < pixels.capacity(); p++) {
      pixels.put(p, p % size / (float) size);
    }
    return pixels;
  }
}
