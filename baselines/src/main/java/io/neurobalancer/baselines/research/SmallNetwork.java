package io.neurobalancer.baselines.research;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A fully connected network with two hidden layers of rectified linear units and linear outputs,
 * trained by Adam on the squared error of one output at a time. For a network of some hundred
 * weights a library would be larger than the code that it saves.
 *
 * <p>Source of the optimizer: D. Kingma and J. Ba, "Adam", ICLR 2015, with its default decay rates.
 */
final class SmallNetwork {

  private static final double INITIAL_SIGMA = 0.05;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final int[] sizes;
  private final double[][] weights;
  private final double[][] gradients;
  private final double[][] firstMoment;
  private final double[][] secondMoment;
  private final double[][] values;
  private final double[][] errors;
  private final double rate;
  private int steps;

  /** Creates a network whose weights are drawn from a normal law of deviation 0.05, biases 0. */
  SmallNetwork(int inputs, int hidden, int outputs, double rate, RandomGenerator random) {
    this.rate = rate;
    sizes = new int[] {inputs, hidden, hidden, outputs};
    int layers = sizes.length - 1;
    weights = new double[layers][];
    gradients = new double[layers][];
    firstMoment = new double[layers][];
    secondMoment = new double[layers][];
    values = new double[layers + 1][];
    errors = new double[layers + 1][];
    for (int l = 0; l < layers; l++) {
      int count = (sizes[l] + 1) * sizes[l + 1];
      weights[l] = new double[count];
      gradients[l] = new double[count];
      firstMoment[l] = new double[count];
      secondMoment[l] = new double[count];
      for (int j = 0; j < sizes[l + 1]; j++) {
        for (int i = 0; i < sizes[l]; i++) {
          weights[l][j * (sizes[l] + 1) + i] = INITIAL_SIGMA * random.nextGaussian();
        }
      }
    }
    for (int l = 0; l <= layers; l++) {
      values[l] = new double[sizes[l]];
      errors[l] = new double[sizes[l]];
    }
  }

  private SmallNetwork(SmallNetwork other) {
    rate = other.rate;
    sizes = other.sizes;
    weights = deepCopy(other.weights);
    gradients = deepCopy(other.gradients);
    firstMoment = deepCopy(other.firstMoment);
    secondMoment = deepCopy(other.secondMoment);
    values = deepCopy(other.values);
    errors = deepCopy(other.errors);
    steps = other.steps;
  }

  private static double[][] deepCopy(double[][] rows) {
    return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
  }

  /** Returns a network with the same weights that learns on its own. */
  SmallNetwork copy() {
    return new SmallNetwork(this);
  }

  /** Returns the outputs for an input; the array is used again by the next call. */
  double[] outputs(double[] input) {
    System.arraycopy(input, 0, values[0], 0, sizes[0]);
    int layers = weights.length;
    for (int l = 0; l < layers; l++) {
      for (int j = 0; j < sizes[l + 1]; j++) {
        int row = j * (sizes[l] + 1);
        double sum = weights[l][row + sizes[l]];
        for (int i = 0; i < sizes[l]; i++) {
          sum += weights[l][row + i] * values[l][i];
        }
        values[l + 1][j] = l < layers - 1 ? Math.max(0, sum) : sum;
      }
    }
    return values[layers];
  }

  /**
   * Adds the gradient of half the squared error of one output for an input. The mean over outputs
   * that some libraries take would only scale it, which Adam undoes.
   */
  void learn(double[] input, int output, double target) {
    double[] actual = outputs(input);
    int layers = weights.length;
    Arrays.fill(errors[layers], 0);
    errors[layers][output] = actual[output] - target;
    for (int l = layers - 1; l >= 0; l--) {
      Arrays.fill(errors[l], 0);
      for (int j = 0; j < sizes[l + 1]; j++) {
        boolean dead = l < layers - 1 && values[l + 1][j] <= 0;
        double error = dead ? 0 : errors[l + 1][j];
        int row = j * (sizes[l] + 1);
        for (int i = 0; i < sizes[l]; i++) {
          gradients[l][row + i] += error * values[l][i];
          errors[l][i] += error * weights[l][row + i];
        }
        gradients[l][row + sizes[l]] += error;
      }
    }
  }

  /** Takes one step of Adam along the mean of the gradients added since the last one. */
  void step(int samples) {
    steps++;
    double first = 1 - StrictMath.pow(BETA1, steps);
    double second = 1 - StrictMath.pow(BETA2, steps);
    for (int l = 0; l < weights.length; l++) {
      for (int w = 0; w < weights[l].length; w++) {
        double gradient = gradients[l][w] / samples;
        gradients[l][w] = 0;
        firstMoment[l][w] = BETA1 * firstMoment[l][w] + (1 - BETA1) * gradient;
        secondMoment[l][w] = BETA2 * secondMoment[l][w] + (1 - BETA2) * gradient * gradient;
        weights[l][w] -=
            rate * (firstMoment[l][w] / first) / (Math.sqrt(secondMoment[l][w] / second) + EPSILON);
      }
    }
  }
}
