package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Einstein sums by their equation. Two operands cost a multiply-add for every combination of all
 * indices; more are taken from left to right, each sum over an index as soon as nobody needs it.
 */
final class EinsumFormula {

  private EinsumFormula() {}

  static KernelFormulas.Work work(Kernel kernel) {
    String equation = kernel.text("equation").replace(" ", "");
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    String[] terms = left.split(",", -1);
    if (equation.isEmpty() || terms.length != kernel.inputs().size()) {
      throw new IndexOutOfBoundsException(terms.length);
    }
    Map<String, Long> extents = new LinkedHashMap<>();
    List<Set<String>> operands = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      operands.add(indices(terms[i], kernel.input(i), extents));
    }
    if (terms.length == 1) {
      long read = kernel.input(0).elements();
      boolean sums = kernel.output().elements() < read;
      return new KernelFormulas.Work(
          sums ? OperatorKind.REDUCTION : OperatorKind.DATA_MOVEMENT, sums ? read : 0);
    }
    Set<String> result = result(equation, arrow, terms, operands);
    long flops = 0;
    Set<String> current = operands.get(0);
    for (int i = 1; i < operands.size(); i++) {
      Set<String> all = new HashSet<>(current);
      all.addAll(operands.get(i));
      Set<String> kept = new HashSet<>(result);
      operands.subList(i + 1, operands.size()).forEach(kept::addAll);
      boolean sums = !kept.containsAll(all);
      long combinations = 1;
      for (String index : all) {
        combinations = Math.multiplyExact(combinations, extents.getOrDefault(index, 1L));
      }
      flops = Math.addExact(flops, Math.multiplyExact(combinations, sums ? 2L : 1L));
      all.retainAll(kept);
      current = all;
    }
    return new KernelFormulas.Work(OperatorKind.MATMUL, flops);
  }

  /** Reads the indices of an operand; the axes of an ellipsis are counted from the end. */
  private static Set<String> indices(String term, TensorShape shape, Map<String, Long> extents) {
    int dots = term.indexOf("...");
    int letters = dots < 0 ? term.length() : term.length() - 3;
    int hidden = shape.rank() - letters;
    if (hidden < 0 || (dots < 0 && hidden > 0)) {
      throw new IndexOutOfBoundsException(hidden);
    }
    Set<String> indices = new HashSet<>();
    int axis = 0;
    for (int c = 0; c < term.length(); c++) {
      if (c == dots) {
        for (int h = hidden; h > 0; h--) {
          note("." + h, shape.dimension(axis++), indices, extents);
        }
        c += 2;
      } else {
        note(term.substring(c, c + 1), shape.dimension(axis++), indices, extents);
      }
    }
    return indices;
  }

  private static void note(
      String index, long extent, Set<String> indices, Map<String, Long> extents) {
    indices.add(index);
    extents.merge(index, extent, Math::max);
  }

  /** Returns the indices of the result; without an arrow, those that occur once, and dots. */
  private static Set<String> result(
      String equation, int arrow, String[] terms, List<Set<String>> operands) {
    Set<String> result = new HashSet<>();
    if (arrow >= 0) {
      String right = equation.substring(arrow + 2).replace("...", "");
      right.chars().forEach(c -> result.add(String.valueOf((char) c)));
    } else {
      String all = String.join("", terms).replace("...", "");
      all.chars()
          .filter(c -> all.indexOf(c) == all.lastIndexOf(c))
          .forEach(c -> result.add(String.valueOf((char) c)));
    }
    if (arrow < 0 || equation.indexOf("...", arrow) >= 0) {
      operands.forEach(
          operand -> operand.stream().filter(i -> i.length() > 1).forEach(result::add));
    }
    return result;
  }
}
