package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The search behind {@link LagrangianPlanner}, for one problem and any number of deadlines. What it
 * learns at one price of time serves every budget, so that a frontier costs little more than its
 * first plans.
 */
final class LagrangianSearch {

  private static final int MOST_PRICES = 40;

  private static final int MOST_CLOSINGS = 3;

  /** The bound is not raised any more once it is this close to the best one, as a share. */
  private static final double DUAL_TOLERANCE = 5e-5;

  /** Problems of this many rows look at a coarser one first. */
  private static final int COARSE_FROM = 64;

  private static final int COARSE_ROWS = 8;

  /** How far beyond a budget a coarse end must lie to stand for the true one, as a share. */
  private static final double COARSE_MARGIN = 0.05;

  /** How far apart the prices of halves may lie to serve several deadlines, as a ratio. */
  private static final double MOST_REUSED = 1.3;

  private static final double APART = 1.1;

  /** A plan this close to its bound, as a share of the energy, is not improved any more. */
  private static final double GOOD_ENOUGH = 1e-5;

  /** So many times that, and a large problem is not worth another pass. */
  private static final double CLOSE_ENOUGH = 30;

  /** Problems of so many rows times settings are planned as closely as can be: it takes no time. */
  private static final int SMALL = 20_000;

  private final Trellis flat;
  private final Viterbi paths;
  private final PathImprover improver;
  private final PathMix mixer;
  private final List<Point> points = new ArrayList<>();
  private final int[] scratch;
  private double bestBound;
  private double bestPrice;
  private int solved;
  private @Nullable LagrangianSearch coarse;
  private @Nullable TwoPricePaths splicer;
  private int cutRow;
  private int cutSetting = -1;
  private boolean trueEnds;
  private boolean fastestClosed;
  private boolean thriftyClosed;
  private double headPrice = Double.NaN;
  private double tailPrice = Double.NaN;

  /** The path that one price of time finds, and what it proves. */
  private static final class Point {
    final double price;
    final double seconds;
    final double joules;

    /** No path costs less, time priced, joules. */
    final double bound;

    final int[] path;

    Point(Trellis flat, double price, double bound, int[] path) {
      this.price = price;
      this.bound = bound;
      this.path = path.clone();
      this.seconds = flat.makespan(path);
      this.joules = flat.folded(path);
    }
  }

  LagrangianSearch(Trellis flat) {
    this(flat, new PathImprover(flat));
  }

  private LagrangianSearch(Trellis flat, PathImprover improver) {
    this.flat = flat;
    this.paths = new Viterbi(flat);
    this.improver = improver;
    this.mixer = new PathMix(flat);
    this.scratch = new int[flat.rows];
  }

  /** Starts from the ends of a coarser problem if the budget lies well between them. */
  private void findEnds(double budget) {
    if (points.isEmpty() && flat.rows >= COARSE_FROM) {
      coarse = new LagrangianSearch(flat.coarse(COARSE_ROWS));
      coarse.findEnds(budget);
      // A coarse path is a path too, so it proves that the budget can be met; it bounds nothing.
      for (int end = 0; end < 2; end++) {
        double price = end == 0 ? Double.POSITIVE_INFINITY : 0;
        int[] path = refined(coarse.points.get(end).path);
        points.add(new Point(flat, price, Double.NEGATIVE_INFINITY, path));
      }
    }
    boolean between =
        !points.isEmpty()
            && points.get(0).seconds <= budget
            && points.get(1).seconds > budget * (1 + COARSE_MARGIN);
    if (!trueEnds && !between) {
      trueEnds = true;
      Point fastest = end(0, 1, false);
      Point thrifty = end(1, 0, false);
      if (points.isEmpty()) {
        points.add(fastest);
        points.add(thrifty);
      } else {
        points.set(0, fastest);
        points.set(1, thrifty);
      }
    }
  }

  private int[] refined(int[] coarsePath) {
    int[] path = new int[flat.rows];
    for (int i = 0; i < path.length; i++) {
      path[i] = coarsePath[i / COARSE_ROWS];
    }
    return path;
  }

  /**
   * Returns a search that has looked for paths that meet a budget, in seconds, and of whose prices
   * and bounds the limits on switches are left out. Its best path keeps them if any that it came
   * across does; where none does, those that break them must do, or nothing would be proven.
   */
  static LagrangianSearch leavingOutLimits(Trellis flat, double budget) {
    LagrangianSearch search = new LagrangianSearch(flat);
    if (!search.solve(budget) && flat.limited()) {
      search = new LagrangianSearch(flat, PathImprover.ignoringLimits(flat));
      search.solve(budget);
    }
    return search;
  }

  /**
   * The point at one end of the prices. Closing a cycle is dear and seldom matters at the ends, so
   * it is left to {@link #closeEnds}.
   */
  private Point end(double energyWeight, double timeWeight, boolean close) {
    if (close) {
      paths.closed(energyWeight, timeWeight, scratch);
    } else {
      paths.open(energyWeight, timeWeight, scratch);
    }
    return timeWeight > 0
        ? new Point(flat, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, scratch)
        : new Point(flat, 0, paths.bound(), scratch);
  }

  /** Closes the cycle of an end that decides what a budget allows. */
  private void closeEnds(double budget) {
    if (flat.cyclic() && trueEnds && !fastestClosed && points.get(0).seconds > budget) {
      fastestClosed = true;
      points.set(0, end(0, 1, true));
    }
    if (flat.cyclic() && trueEnds && !thriftyClosed && points.get(1).seconds <= budget) {
      thriftyClosed = true;
      points.set(1, end(1, 0, true));
    }
  }

  /** Returns the fastest path, after a search for a budget that it misses. */
  int[] fastest() {
    return points.get(0).path;
  }

  /** Returns the best path of the last search. */
  int[] best() {
    return improver.best();
  }

  /** Returns the folded energy of the best path of the last search, joules. */
  double bestEnergy() {
    return improver.bestEnergy();
  }

  /** Returns the folded energy that no path which meets the last budget falls below, joules. */
  double bound() {
    return bestBound;
  }

  /** Returns whether the last search found a path that meets its budget. */
  boolean met() {
    return improver.bestEnergy() < Double.POSITIVE_INFINITY;
  }

  /** Returns the price of time that proves it, joules per second. */
  double price() {
    return bestPrice;
  }

  /**
   * Searches for a budget, seconds; returns false if no path meets it.
   *
   * <p>The next price tried is where the lines of the latest path in time and of the earliest path
   * too late meet.
   */
  boolean solve(double budget) {
    findEnds(budget);
    closeEnds(budget);
    improver.begin(budget);
    bestBound = Double.NEGATIVE_INFINITY;
    bestPrice = 0;
    Point best = points.get(0);
    for (Point point : points) {
      best = point.seconds <= budget && point.joules < best.joules ? point : best;
      prove(point.price, point.bound, budget);
    }
    improver.offer(best.path);
    if (improver.bestEnergy() == Double.POSITIVE_INFINITY) {
      return false;
    }
    if (points.get(1).seconds <= budget) {
      return true;
    }
    Point[] bracket = bracket(budget);
    if (points.size() == 2 && coarse != null) {
      narrowAroundCoarsePrice(coarse, bracket, budget);
    }
    mix(bracket, budget);
    search(bracket, budget, -1, -1);
    mix(bracket, budget);
    if (flat.cyclic() && !closeEnough()) {
      closeCycles(bracket, budget);
      mix(bracket, budget);
    }
    if (!closeEnough()) {
      splice(bracket, budget);
    }
    if (!closeEnough()) {
      improver.polish(bestBound + 10 * tolerance());
    }
    solved++;
    return true;
  }

  private double dualTolerance() {
    return (solved == 0 ? 1 : 5)
        * DUAL_TOLERANCE
        * (Math.abs(improver.bestEnergy()) + flat.idleJoules());
  }

  private double tolerance() {
    return GOOD_ENOUGH * (Math.abs(improver.bestEnergy()) + Math.abs(flat.idleJoules()));
  }

  private boolean goodEnough() {
    return improver.bestEnergy() - bestBound <= tolerance();
  }

  /**
   * Returns whether the plan in hand is so close to its bound that a pass is not worth its time.
   */
  private boolean closeEnough() {
    boolean small = flat.rows * flat.settings < SMALL;
    return improver.bestEnergy() - bestBound <= (small ? 1 : CLOSE_ENOUGH) * tolerance();
  }

  private void mix(Point[] bracket, double budget) {
    if (bracket[0].seconds <= budget && bracket[1].seconds > budget && !goodEnough()) {
      improver.offer(mixer.mix(bracket[0].path, bracket[1].path, budget));
    }
  }

  private void prove(double price, double bound, double budget) {
    if (bound - price * budget > bestBound) {
      bestBound = bound - price * budget;
      bestPrice = price;
    }
  }

  /** Returns the latest point in time and the earliest that is too late. */
  private Point[] bracket(double budget) {
    Point early = points.get(0);
    Point late = points.get(1);
    for (Point point : points) {
      if (point.seconds <= budget) {
        early = point.joules < early.joules ? point : early;
      } else {
        late = point.seconds < late.seconds ? point : late;
      }
    }
    return new Point[] {early, late};
  }

  /**
   * Tries the price that the problem has when {@value #COARSE_ROWS} rows at a time must share a
   * setting, and prices beside it until both sides of the budget are known from near by.
   */
  private void narrowAroundCoarsePrice(LagrangianSearch coarse, Point[] bracket, double budget) {
    if (coarse.points.get(0).seconds > budget || coarse.points.get(1).seconds <= budget) {
      return;
    }
    coarse.improver.begin(budget);
    coarse.improver.offer(coarse.fastest());
    coarse.search(coarse.bracket(budget), budget, -1, -1);
    double price = coarse.bestPrice;
    double factor = 1.03;
    for (int step = 0; step < 4 && price > 0 && Double.isFinite(price); step++) {
      boolean meets = tryPrice(price, budget, -1, -1, bracket);
      boolean nearBothSides =
          Double.isFinite(bracket[0].price) && bracket[1].price > 0 && bracket[0] != bracket[1];
      if (nearBothSides) {
        return;
      }
      price *= meets ? 1 / factor : factor;
      factor *= factor;
    }
  }

  /** Searches at one price and replaces the side of the bracket it falls on; returns which. */
  private boolean tryPrice(double price, double budget, int row, int setting, Point[] bracket) {
    double proven = Double.NEGATIVE_INFINITY;
    if (setting < 0) {
      paths.open(1, price, scratch);
      proven = paths.bound();
    } else {
      paths.through(1, price, row, setting, scratch);
    }
    Point point = new Point(flat, price, proven, scratch);
    prove(price, proven, budget);
    points.add(point);
    boolean meets = point.seconds <= budget;
    if (meets) {
      improver.offer(point.path);
    }
    bracket[meets ? 0 : 1] = point;
    return meets;
  }

  /** Narrows a bracket by Newton steps, over all paths or over the cycles through one setting. */
  private void search(Point[] bracket, double budget, int row, int setting) {
    for (int step = 0; step < MOST_PRICES && !closeEnough(); step++) {
      Point early = bracket[0];
      Point late = bracket[1];
      double price = meetingPrice(bracket);
      if (!(price > 0) || Double.isInfinite(price)) {
        return;
      }
      double known = early.joules + price * early.seconds;
      if (known - price * budget - bestBound <= dualTolerance()) {
        return;
      }
      boolean meets = tryPrice(price, budget, row, setting, bracket);
      mix(bracket, budget);
      Point point = bracket[meets ? 0 : 1];
      double gained = known - point.joules - price * point.seconds;
      if (gained <= dualTolerance()) {
        if (gained <= 0) {
          bracket[0] = early;
          bracket[1] = late;
        }
        return;
      }
    }
  }

  /**
   * Repeats the search with the closing switch priced in, which the first one leaves out: steps
   * over the cycles through the best cut are cheap, and one search over all cuts proves each end.
   */
  private void closeCycles(Point[] bracket, double budget) {
    double price = bestPrice;
    for (int round = 0; round < MOST_CLOSINGS && !goodEnough(); round++) {
      paths.closed(1, price, scratch);
      Point point = new Point(flat, price, paths.bound(), scratch);
      points.add(point);
      prove(price, point.bound, budget);
      if (cutRow != paths.cutRow() || cutSetting != paths.cutSetting()) {
        cutRow = paths.cutRow();
        cutSetting = paths.cutSetting();
        headPrice = Double.NaN;
      }
      if (point.seconds <= budget) {
        improver.offer(point.path);
        bracket[0] = point;
      } else {
        bracket[1] = point;
      }
      search(bracket, budget, paths.cutRow(), paths.cutSetting());
      double before = price;
      price = meetingPrice(bracket);
      double known = bracket[0].joules + price * (bracket[0].seconds - budget);
      if (!(price > 0)
          || !(Math.abs(price - before) > 1e-9 * before)
          || Double.isInfinite(price)
          || known - bestBound <= dualTolerance()) {
        return;
      }
    }
  }

  /** Returns the price at which a bracket's two paths cost the same. */
  private static double meetingPrice(Point[] bracket) {
    return (bracket[0].joules - bracket[1].joules) / (bracket[1].seconds - bracket[0].seconds);
  }

  /**
   * Joins first halves of paths at the lower price to second halves at the higher one. Halves found
   * for another budget serve as long as their prices lie close around this one's.
   */
  private void splice(Point[] bracket, double budget) {
    if (goodEnough()) {
      return;
    }
    if (splicer == null) {
      splicer = new TwoPricePaths(flat);
    }
    splicer.cutAt(cutRow, cutSetting);
    boolean reusable =
        headPrice <= bestPrice && bestPrice <= tailPrice && tailPrice <= MOST_REUSED * headPrice;
    if (!reusable) {
      headPrice = bracket[1].price;
      tailPrice = Double.isInfinite(bracket[0].price) ? 4 * bestPrice : bracket[0].price;
      if (solved > 0) {
        // One budget of many: halves from a little farther apart serve its neighbours too.
        headPrice = Math.min(headPrice, bestPrice / APART);
        tailPrice = Math.max(tailPrice, bestPrice * APART);
      }
      splicer.heads(headPrice);
      splicer.tails(tailPrice);
    }
    if (splicer.join(headPrice, tailPrice, budget, improver.bestEnergy(), scratch)) {
      improver.offer(scratch);
    }
  }

  /** Returns the makespan of the best path at a price of time, joules per second, in seconds. */
  double secondsAt(double price) {
    paths.closed(1, price, scratch);
    points.add(new Point(flat, price, paths.bound(), scratch));
    return flat.makespan(scratch);
  }
}
