package io.neurobalancer.onnx.engine;

import io.neurobalancer.target.Stream;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A model as it was cut.
 *
 * @param workload its operators
 * @param cuts where it may be cut
 * @param segments in order; a single one without a file stands for the model itself
 * @param inputs of the model
 * @param outputs of the model
 * @param note why it was not cut although cuts were wanted; mostly empty
 */
record CompiledModel(
    Workload workload,
    List<Cut> cuts,
    List<Segment> segments,
    List<String> inputs,
    List<String> outputs,
    String note) {

  /**
   * A model of its own.
   *
   * @param file in the folder of the compiled model; empty for the model itself
   * @param firstOperator of the workload
   * @param outside whether it has weights that lie with the original model
   * @param inputs names of what it is given
   * @param outputs what it hands on
   */
  record Segment(
      String file, int firstOperator, boolean outside, List<String> inputs, List<Port> outputs) {

    Segment {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * A tensor that a segment hands on.
   *
   * @param name in the graph
   * @param type what it is
   */
  record Port(String name, TensorType type) {}

  CompiledModel {
    cuts = List.copyOf(cuts);
    segments = List.copyOf(segments);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns a model that is run as it came. */
  static CompiledModel whole(
      Workload workload, List<Cut> cuts, List<String> inputs, List<String> outputs, String note) {
    return new CompiledModel(
        workload,
        cuts,
        List.of(
            new Segment(
                "",
                0,
                false,
                inputs,
                outputs.stream().map(name -> new Port(name, TensorType.UNKNOWN)).toList())),
        inputs,
        outputs,
        note);
  }

  boolean isWhole() {
    return segments.get(0).file().isEmpty();
  }

  Stream stream() {
    List<Integer> starts = new ArrayList<>();
    segments.forEach(segment -> starts.add(segment.firstOperator()));
    return new Stream(workload, starts);
  }
}
