package io.neurobalancer.simulator.baseline;

import java.util.SplittableRandom;

/**
 * zTT's deep Q-learning agent: 7 state features, two hidden layers of 6 units, 9 actions.
 *
 * <p>Adam at 0.05, discount 0.99, batches of 64 out of the last 500 transitions, training from 150
 * on, exploration 1 at first and times 0.08 per training step until it is 0. A transition whose
 * reward is below 0 or above 1 is stored twice. Source: zTT's released code at 5ac0036. Ours: the
 * values that it bootstraps from are those of the network itself, as the description names no
 * second one.
 */
final class ZttAgent {

  static final int FEATURES = 7;
  static final int ACTIONS = 9;

  private static final int HIDDEN = 6;
  private static final double RATE = 0.05;
  private static final double DISCOUNT = 0.99;
  private static final int BATCH = 64;
  private static final int REPLAY = 500;
  private static final int TRAINING_STARTS = 150;
  private static final double EXPLORATION_DECAY = 0.08;
  private static final double LEAST_EXPLORATION = 1e-3;

  private final SplittableRandom random;
  private final SmallNetwork network;
  private final double[][] before = new double[REPLAY][FEATURES];
  private final double[][] after = new double[REPLAY][FEATURES];
  private final int[] action = new int[REPLAY];
  private final double[] reward = new double[REPLAY];
  private int stored;
  private int next;
  private double exploration = 1;
  private int trainings;

  ZttAgent(long seed) {
    random = new SplittableRandom(seed ^ 0x277L);
    network = new SmallNetwork(FEATURES, HIDDEN, ACTIONS, RATE, random);
  }

  /** Returns an action: explored at random, or the one that the network values most. */
  int act(double[] state) {
    if (random.nextDouble() < exploration) {
      return random.nextInt(ACTIONS);
    }
    return best(network.outputs(state));
  }

  /** Returns a whole number below a bound, for the rules that override the network. */
  int draw(int bound) {
    return random.nextInt(bound);
  }

  /** Returns whether an event of that probability happens. */
  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** Stores a transition, and trains one batch once enough are stored. */
  void observe(double[] state, int taken, double earned, double[] state2) {
    store(state, taken, earned, state2);
    if (earned < 0 || earned > 1) {
      store(state, taken, earned, state2);
    }
    if (stored >= TRAINING_STARTS) {
      train();
    }
  }

  private void store(double[] state, int taken, double earned, double[] state2) {
    System.arraycopy(state, 0, before[next], 0, FEATURES);
    System.arraycopy(state2, 0, after[next], 0, FEATURES);
    action[next] = taken;
    reward[next] = earned;
    next = (next + 1) % REPLAY;
    stored = Math.min(REPLAY, stored + 1);
  }

  private void train() {
    for (int b = 0; b < BATCH; b++) {
      int i = random.nextInt(stored);
      double[] values = network.outputs(after[i]);
      double target = reward[i] + DISCOUNT * values[best(values)];
      network.learn(before[i], action[i], target);
    }
    network.step(BATCH);
    trainings++;
    exploration *= EXPLORATION_DECAY;
    if (exploration < LEAST_EXPLORATION) {
      exploration = 0;
    }
  }

  private static int best(double[] values) {
    int best = 0;
    for (int a = 1; a < values.length; a++) {
      best = values[a] > values[best] ? a : best;
    }
    return best;
  }

  /** Returns how many batches were trained. */
  int trainings() {
    return trainings;
  }
}
