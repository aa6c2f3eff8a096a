package io.neurobalancer.learned;

import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.List;
import java.util.Locale;

/**
 * What is known of an operator and the clocks without running it, as numbers: counts enter as
 * logarithms, since latency goes with their products and ratios.
 */
final class OperatorFeatures {

  private static final int COMMON = 15;

  private OperatorFeatures() {}

  /** Returns the names, in the order of {@link #of}, for that many frequency domains. */
  static String[] names(int domains) {
    String[] names = new String[COMMON + 3 * domains + OperatorKind.values().length];
    for (int i = 0; i < names.length; i++) {
      names[i] = String.format(Locale.ROOT, "f%03d", i);
    }
    return names;
  }

  /** Returns the numbers of the linear part: those in front of the trees' own. */
  static int linear(int domains) {
    return 5 + domains;
  }

  static double[] of(Operator operator, double[] hertz) {
    TensorShape output = largest(operator.outputShapes());
    TensorShape weight = largest(operator.weightShapes());
    TensorShape input = largest(operator.inputShapes());
    double[] features = new double[COMMON + 3 * hertz.length + OperatorKind.values().length];
    int f = 0;
    features[f++] = log((double) operator.flops());
    features[f++] = log((double) operator.weightBytes());
    features[f++] = log((double) operator.inputBytes());
    features[f++] = log((double) operator.outputBytes());
    features[f++] = log((double) operator.bytes());
    for (double clock : hertz) {
      features[f++] = StrictMath.log(clock / 1e9);
    }
    for (double clock : hertz) {
      features[f++] = log((double) operator.flops()) - StrictMath.log(clock / 1e9);
      features[f++] = log((double) operator.bytes()) - StrictMath.log(clock / 1e9);
    }
    features[f++] = log(operator.arithmeticIntensity());
    features[f++] = operator.dataType().bytes();
    features[f++] = output.rank();
    features[f++] = log((double) channels(output));
    features[f++] = log((double) channels(input));
    features[f++] = log((double) pixels(output));
    features[f++] = log((double) pixels(input));
    features[f++] = log((double) pixels(weight));
    features[f++] = log((double) channels(weight));
    features[f++] = log((double) weight.elements());
    features[f + List.of(OperatorKind.values()).indexOf(operator.kind())] = 1;
    return features;
  }

  private static double log(double count) {
    return StrictMath.log(1 + count);
  }

  private static TensorShape largest(List<TensorShape> shapes) {
    return shapes.stream()
        .max((a, b) -> Long.compare(a.elements(), b.elements()))
        .orElse(TensorShape.of());
  }

  /** The second extent, which holds the channels of an image and the rows of a sequence. */
  private static long channels(TensorShape shape) {
    return shape.rank() > 1 ? shape.dimension(1) : 1;
  }

  /** The product of all extents behind the second. */
  private static long pixels(TensorShape shape) {
    return shape.dimensions().stream().skip(2).reduce(1L, Math::multiplyExact);
  }
}
