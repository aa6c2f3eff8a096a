package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Which operator of a workload each node of the executed graph works for.
 *
 * <p>A workload's operators are those of the "extended" optimization level, which any processor
 * shares; what is executed went one level further: layouts are changed, an addition disappears into
 * the convolution before it. The tensors keep their names, so a node belongs to the operator whose
 * output it makes, and nodes that only reorder belong to whoever reads them.
 */
final class OperatorMatch {

  private static final int NONE = -1;
  private static final String NCHWC = "_nchwc";

  private final int[] order;
  private final int[] owner;
  private final int[] kernel;

  private final boolean[] direct;

  private OperatorMatch(int[] order, int[] owner, int[] kernel, boolean[] direct) {
    this.direct = direct;
    this.order = order;
    this.owner = owner;
    this.kernel = kernel;
  }

  /** Returns the number of nodes. */
  int nodes() {
    return order.length;
  }

  /** Returns the place in the graph of the n-th node, in an order that follows the operators. */
  int place(int n) {
    return order[n];
  }

  /** Returns the operator that the n-th node in that order works for. */
  int owner(int n) {
    return owner[n];
  }

  /** Returns whether the n-th node makes an operator's output or bears its name. */
  boolean direct(int n) {
    return direct[n];
  }

  /**
   * Returns the operator whose nodes do the work of an operator: itself, another one that it was
   * fused into, or -1 if none was found.
   */
  int kernel(int operator) {
    return kernel[operator];
  }

  static OperatorMatch of(Workload workload, GraphProto reference, GraphProto executed) {
    Map<String, Integer> byTensor = new HashMap<>();
    Map<String, Integer> byName = new HashMap<>();
    int[] operatorOf = align(workload, reference.getNodeList());
    for (int n = 0; n < operatorOf.length; n++) {
      if (operatorOf[n] != NONE) {
        byName.put(reference.getNode(n).getName(), operatorOf[n]);
        for (String output : reference.getNode(n).getOutputList()) {
          byTensor.put(output, operatorOf[n]);
        }
      }
    }
    List<NodeProto> nodes = executed.getNodeList();
    int[] owners = new int[nodes.size()];
    boolean[] found = new boolean[workload.size()];
    for (int n = 0; n < nodes.size(); n++) {
      owners[n] = direct(nodes.get(n), byTensor, byName);
      if (owners[n] != NONE) {
        found[owners[n]] = true;
      }
    }
    int[] kernel = kernels(reference.getNodeList(), operatorOf, found);
    Map<String, Integer> producer = producers(nodes);
    boolean[] known = new boolean[nodes.size()];
    for (int n = 0; n < known.length; n++) {
      known[n] = owners[n] != NONE;
    }
    inherit(nodes, producer, owners);
    int[] order = order(nodes, producer, owners);
    boolean[] direct = new boolean[order.length];
    for (int n = 0; n < order.length; n++) {
      direct[n] = known[order[n]];
    }
    return new OperatorMatch(
        order, Arrays.stream(order).map(n -> owners[n]).toArray(), kernel, direct);
  }

  /**
   * Returns per node of the reference graph its operator. Operators are called after their nodes;
   * where names were changed on the way, two lists of the same types in the same order are the same
   * list.
   */
  private static int[] align(Workload workload, List<NodeProto> nodes) {
    int[] operatorOf = new int[nodes.size()];
    Arrays.fill(operatorOf, NONE);
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < workload.size(); i++) {
      byName.put(workload.operators().get(i).name(), i);
    }
    int found = 0;
    for (int n = 0; n < nodes.size(); n++) {
      Integer operator = byName.get(nodes.get(n).getName());
      if (operator != null
          && workload.operators().get(operator).type().equals(nodes.get(n).getOpType())) {
        operatorOf[n] = operator;
        found++;
      }
    }
    List<String> types = nodes.stream().map(NodeProto::getOpType).toList();
    if (found < workload.size()
        && types.equals(workload.operators().stream().map(Operator::type).toList())) {
      Arrays.setAll(operatorOf, n -> n);
    }
    return operatorOf;
  }

  private static int direct(
      NodeProto node, Map<String, Integer> byTensor, Map<String, Integer> byName) {
    for (String output : node.getOutputList()) {
      Integer operator = byTensor.get(output);
      if (operator != null) {
        return operator;
      }
    }
    Integer operator = byName.get(node.getName());
    if (operator != null) {
      return operator;
    }
    // A node rewritten for blocked channels is called after the tensor that it used to make.
    String name = node.getName();
    return name.endsWith(NCHWC)
        ? byTensor.getOrDefault(name.substring(0, name.length() - NCHWC.length()), NONE)
        : NONE;
  }

  /** An operator without a node of its own was fused into the next one down that has one. */
  private static int[] kernels(List<NodeProto> reference, int[] operatorOf, boolean[] found) {
    int[] kernel = new int[found.length];
    Arrays.fill(kernel, NONE);
    Map<String, Integer> reader = new HashMap<>();
    for (int n = reference.size() - 1; n >= 0; n--) {
      int operator = operatorOf[n];
      int kernelOfNode = NONE;
      if (operator != NONE && found[operator]) {
        kernelOfNode = operator;
      } else {
        for (String output : reference.get(n).getOutputList()) {
          kernelOfNode = Math.max(kernelOfNode, reader.getOrDefault(output, NONE));
        }
      }
      if (operator != NONE) {
        kernel[operator] = kernelOfNode;
      }
      for (String read : Graphs.reads(reference.get(n))) {
        reader.put(read, kernelOfNode); // backwards: what stays is the first reader
      }
    }
    return kernel;
  }

  private static Map<String, Integer> producers(List<NodeProto> nodes) {
    Map<String, Integer> producer = new HashMap<>();
    for (int n = 0; n < nodes.size(); n++) {
      for (String output : nodes.get(n).getOutputList()) {
        if (!output.isEmpty()) {
          producer.put(output, n);
        }
      }
    }
    return producer;
  }

  /** Gives nodes that make nothing known to their first reader, else to whom they read from. */
  private static void inherit(List<NodeProto> nodes, Map<String, Integer> producer, int[] owners) {
    int[] first = new int[nodes.size()];
    Arrays.fill(first, Integer.MAX_VALUE);
    for (int n = nodes.size() - 1; n >= 0; n--) {
      if (owners[n] == NONE && first[n] < Integer.MAX_VALUE) {
        owners[n] = first[n];
      }
      for (String read : Graphs.reads(nodes.get(n))) {
        Integer from = producer.get(read);
        if (from != null && owners[n] != NONE) {
          first[from] = Math.min(first[from], owners[n]);
        }
      }
    }
    for (int n = 0; n < nodes.size(); n++) {
      if (owners[n] == NONE) {
        owners[n] = 0;
        for (String read : Graphs.reads(nodes.get(n))) {
          Integer from = producer.get(read);
          owners[n] = from == null ? owners[n] : Math.max(owners[n], owners[from]);
        }
      }
    }
  }

  /** Sorts the nodes topologically, of those that are ready the one of the earliest operator. */
  private static int[] order(List<NodeProto> nodes, Map<String, Integer> producer, int[] owners) {
    int[] waiting = new int[nodes.size()];
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(node -> readers.add(new ArrayList<>()));
    PriorityQueue<Integer> ready =
        new PriorityQueue<>(
            (a, b) ->
                owners[a] != owners[b]
                    ? Integer.compare(owners[a], owners[b])
                    : Integer.compare(a, b));
    for (int n = 0; n < nodes.size(); n++) {
      Set<String> reads = Graphs.reads(nodes.get(n));
      for (String read : reads) {
        Integer from = producer.get(read);
        if (from != null) {
          readers.get(from).add(n);
          waiting[n]++;
        }
      }
      if (waiting[n] == 0) {
        ready.add(n);
      }
    }
    int[] order = new int[nodes.size()];
    int filled = 0;
    while (!ready.isEmpty()) {
      int n = ready.remove();
      order[filled++] = n;
      for (int reader : readers.get(n)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (filled != order.length) {
      throw new IllegalStateException("The optimized graph has a cycle.");
    }
    return order;
  }
}
