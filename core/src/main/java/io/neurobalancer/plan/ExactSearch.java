package io.neurobalancer.plan;

/**
 * Branch and bound over label searches. Where one row holds much of the work, no price of time fits
 * all of its settings and the bounds are loose; so a search that grows too large is given up and
 * repeated with the heaviest row held at one setting after another, each with a price of its own.
 */
final class ExactSearch {

  /** Prices of time used for bounds, as multiples of the one that the budget has. */
  private static final double[] PRICES = {1, 0.97, 1.03, 0.85, 1.2, 0.5, 2};

  /** Partial plans per row of the quick search that looks for a good plan first. */
  private static final int BEAM = 400;

  /** Partial plans per branch before it is split. */
  private static final long MOST_PER_BRANCH = 150_000;

  private final Trellis root;
  private final double budget;
  private final double tolerance;
  private final long mostLabels;
  private int[] best;
  private double bestEnergy;
  private long spent;

  /**
   * Prepares a search.
   *
   * @param known a feasible path
   * @param tolerance plans closer to each other than this are as good as each other, joules
   * @param mostLabels partial plans after which to give up
   */
  ExactSearch(Trellis root, int[] known, double tolerance, long mostLabels) {
    this.root = root;
    this.budget = root.problem.budgetSeconds();
    this.tolerance = tolerance;
    this.mostLabels = mostLabels;
    this.best = known.clone();
    this.bestEnergy = root.folded(known);
  }

  /** Returns the best path. */
  int[] best() {
    return best;
  }

  /** Searches everything; returns whether it got to the end. */
  boolean run() {
    return solve(root, new boolean[root.rows]);
  }

  private boolean solve(Trellis flat, boolean[] held) {
    LagrangianSearch lagrangian = LagrangianSearch.leavingOutLimits(flat, budget);
    if (!lagrangian.met()) {
      return true;
    }
    offer(lagrangian.best());
    if (lagrangian.bound() >= bestEnergy - tolerance) {
      return true;
    }
    double[] prices = new double[lagrangian.price() > 0 ? PRICES.length : 1];
    for (int p = 0; p < prices.length; p++) {
      prices[p] = PRICES[p] * lagrangian.price();
    }
    int row = 0;
    if (flat.cyclic() && !flat.limited()) {
      Viterbi paths = new Viterbi(flat);
      paths.closed(1, lagrangian.price(), new int[flat.rows]);
      row = paths.cutRow();
    }
    int heaviest = heaviest(flat, held);
    long most = heaviest < 0 ? mostLabels : MOST_PER_BRANCH;
    LabelSearch labels = new LabelSearch(flat, best, bestEnergy, prices, tolerance, most);
    boolean completed = complete(labels, row);
    spent += labels.spent();
    offer(labels.best());
    if (completed) {
      return true;
    }
    // Where every row is held this is so, since mostLabels was then what stopped the search.
    if (spent > mostLabels) {
      return false;
    }
    boolean[] heldBelow = held.clone();
    heldBelow[heaviest] = true;
    for (int x : labels.survivors(heaviest)) {
      if (!solve(flat.holding(heaviest, x), heldBelow)) {
        return false;
      }
    }
    return true;
  }

  private static boolean complete(LabelSearch labels, int row) {
    // A quick search first: the better the plan to beat, the fewer partial plans can beat it.
    int[] cuts = labels.cuts(row);
    for (int c = 0; c < Math.min(cuts.length, 3); c++) {
      labels.run(row, cuts[c], BEAM);
    }
    for (int setting : labels.cuts(row)) {
      if (!labels.run(row, setting, Integer.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  private void offer(int[] path) {
    double energy = root.folded(path);
    if (energy < bestEnergy && root.feasible(path)) {
      best = path.clone();
      bestEnergy = energy;
    }
  }

  /** Returns the row not yet held whose fastest run takes longest; -1 if all are held. */
  private static int heaviest(Trellis flat, boolean[] held) {
    int heaviest = -1;
    double most = -1;
    for (int i = 0; i < flat.rows; i++) {
      double fastest = Double.POSITIVE_INFINITY;
      for (int x = 0; x < flat.settings; x++) {
        fastest = Math.min(fastest, flat.seconds[i * flat.settings + x]);
      }
      if (!held[i] && fastest > most) {
        most = fastest;
        heaviest = i;
      }
    }
    return heaviest;
  }
}
