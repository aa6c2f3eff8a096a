package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;

/**
 * What is known of a tensor once the model has run.
 *
 * @param shape resolved
 * @param type of its elements
 * @param constant whether the model carries it as a weight
 */
record TensorFact(TensorShape shape, DataType type, boolean constant) {

  long bytes() {
    return Math.multiplyExact(shape.elements(), type.bytes());
  }
}
