package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tensor once the model has run.
 *
 * @param shape resolved
 * @param type of its elements; null for texts
 * @param weight the weight that it is; null for an activation
 */
record TensorFact(TensorShape shape, @Nullable DataType type, @Nullable Weight weight) {

  /**
   * A tensor that the model stores.
   *
   * @param graph the number of the graph that stores it, so that two bodies may use one name
   * @param name in that graph
   * @param bytes as stored
   */
  record Weight(int graph, String name, long bytes) {}

  boolean constant() {
    return weight != null;
  }

  long bytes() {
    return type == null ? 0 : type.bytes(shape.elements());
  }
}
