package io.neurobalancer.baselines.research;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * zTT's agent: 7 state features, two hidden layers of 6 units, 9 actions.
 *
 * <p>Adam at 0.05, batches of 64 drawn from the last 500 samples, training from 150 on, exploration
 * 1 at first and times 0.08 per training step. A sample whose reward is below 0 or above 1 is
 * stored twice. Every sample is marked as the last of its episode, so the reward itself is what the
 * network learns: the discount of 0.99 never comes into play.
 *
 * <p>Source: zTT's released code, {@code Pixel_3a/agent.py} at e29d0ccf.
 */
final class ZttAgent {

  static final int FEATURES = 7;
  static final int ACTIONS = 9;

  private static final int HIDDEN = 6;
  private static final double RATE = 0.05;
  private static final int BATCH = 64;
  private static final int REPLAY = 500;
  private static final int TRAINING_STARTS = 150;
  private static final double EXPLORATION_DECAY = 0.08;

  private final Draws random;
  private final SmallNetwork network;
  private final double[][] states = new double[REPLAY][FEATURES];
  private final int[] actions = new int[REPLAY];
  private final double[] rewards = new double[REPLAY];
  private int stored;
  private int next;
  private double exploration = 1;
  private int trainings;

  ZttAgent(long seed) {
    random = new Draws(seed ^ 0x277L, 0);
    network = new SmallNetwork(FEATURES, HIDDEN, ACTIONS, RATE, random);
  }

  private ZttAgent(ZttAgent trained) {
    random = new Draws(trained.random.seed, trained.random.drawn);
    network = trained.network.copy();
    for (int i = 0; i < REPLAY; i++) {
      states[i] = trained.states[i].clone();
    }
    System.arraycopy(trained.actions, 0, actions, 0, REPLAY);
    System.arraycopy(trained.rewards, 0, rewards, 0, REPLAY);
    stored = trained.stored;
    next = trained.next;
    exploration = trained.exploration;
    trainings = trained.trainings;
  }

  /** Returns an agent that learned the same and will draw the same, to go on from here. */
  ZttAgent copy() {
    return new ZttAgent(this);
  }

  /** Returns an action: explored at random, or the one that the network values most. */
  int act(double[] state) {
    if (random.nextDouble() <= exploration) {
      return random.nextInt(ACTIONS);
    }
    double[] values = network.outputs(state);
    int best = 0;
    for (int a = 1; a < values.length; a++) {
      best = values[a] > values[best] ? a : best;
    }
    return best;
  }

  /** Returns a whole number from {@code least} to {@code most}, for rules beside the network. */
  int draw(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** Returns whether an event of that probability happens. */
  boolean happens(double probability) {
    return random.nextDouble() <= probability;
  }

  /** Stores what an action in a state earned, and trains one batch once enough is stored. */
  void observe(double[] state, int action, double reward) {
    store(state, action, reward);
    if (reward < 0 || reward > 1) {
      store(state, action, reward);
    }
    if (stored >= TRAINING_STARTS) {
      train();
    }
  }

  private void store(double[] state, int action, double reward) {
    System.arraycopy(state, 0, states[next], 0, FEATURES);
    actions[next] = action;
    rewards[next] = reward;
    next = (next + 1) % REPLAY;
    stored = Math.min(REPLAY, stored + 1);
  }

  private void train() {
    exploration *= EXPLORATION_DECAY;
    for (int b = 0; b < BATCH; b++) {
      int i = random.nextInt(stored);
      network.learn(states[i], actions[i], rewards[i]);
    }
    network.step(BATCH);
    trainings++;
  }

  /** Returns how many batches were trained. */
  int trainings() {
    return trainings;
  }

  /** Random numbers that can be taken up where another sequence of the same seed stands. */
  private static final class Draws implements RandomGenerator {
    private final long seed;
    private final SplittableRandom random;
    private long drawn;

    Draws(long seed, long skipped) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      while (drawn < skipped) {
        nextLong();
      }
    }

    @Override
    public long nextLong() {
      drawn++;
      return random.nextLong();
    }

    @Override
    public int nextInt() {
      drawn++;
      return random.nextInt();
    }
  }
}
