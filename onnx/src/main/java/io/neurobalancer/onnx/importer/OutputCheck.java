package io.neurobalancer.onnx.importer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.workload.TensorShape;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * What one run of a model gave.
 *
 * @param firstShape shape of the first output
 * @param finite whether every floating-point output is finite
 * @param range largest minus smallest number of the first output; 0 if they are all the same
 */
public record OutputCheck(TensorShape firstShape, boolean finite, double range) {

  static OutputCheck run(BoundModel model, OrtSession session) throws OrtException {
    try (OrtSession.Result result = model.run(session)) {
      boolean finite = true;
      double range = 0;
      TensorShape shape = TensorShape.of();
      int index = 0;
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue() instanceof OnnxTensor tensor && tensor.getFloatBuffer() != null) {
          FloatBuffer values = tensor.getFloatBuffer();
          double least = Double.POSITIVE_INFINITY;
          double most = Double.NEGATIVE_INFINITY;
          while (values.hasRemaining()) {
            float value = values.get();
            finite &= Float.isFinite(value);
            least = Math.min(least, value);
            most = Math.max(most, value);
          }
          if (index == 0) {
            shape = TensorShape.of(tensor.getInfo().getShape());
            range = most - least;
          }
        }
        index++;
      }
      return new OutputCheck(shape, finite, range);
    }
  }
}
