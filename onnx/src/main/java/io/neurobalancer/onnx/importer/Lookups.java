package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import java.util.Map;
import java.util.Set;

/** Operators that read only some rows of a table. */
final class Lookups {

  /** Operators with a table, and the operands that are tables. */
  private static final Map<String, Set<Integer>> TABLES =
      Map.ofEntries(
          Map.entry("Gather", Set.of(0)),
          Map.entry("GatherElements", Set.of(0)),
          Map.entry("GatherND", Set.of(0)),
          Map.entry("GatherBlockQuantized", Set.of(0, 2, 3)),
          Map.entry("Slice", Set.of(0)),
          Map.entry("EmbedLayerNormalization", Set.of(2, 3, 4)));

  private Lookups() {}

  /** Returns the bytes of a weight that one execution reads. */
  static long touched(Kernel kernel, int index, TensorFact weight) {
    boolean table = TABLES.getOrDefault(kernel.type(), Set.of()).contains(index);
    TensorFact output = kernel.outputs().isEmpty() ? null : kernel.outputs().get(0);
    DataType type = weight.type();
    if (!table || output == null || type == null) {
      return weight.bytes();
    }
    if (kernel.type().equals("GatherBlockQuantized") && index > 0) {
      double share = kernel.share(0, output.shape().elements());
      return (long) Math.ceil(weight.bytes() * share);
    }
    return Math.min(weight.bytes(), type.bytes(output.shape().elements()));
  }
}
