package io.neurobalancer.plan;

import java.util.Arrays;

/**
 * Labels in flat, growing arrays: setting, time, energy, the label each was extended from, and,
 * where switches are limited, how often and when each domain switched last.
 */
final class LabelStore {

  /** The number of limited domains. */
  private final int limits;

  private int size;
  private int[] setting = new int[1_024];
  private int[] parent = new int[1_024];
  private double[] seconds = new double[1_024];
  private double[] joules = new double[1_024];
  private double[] bound = new double[1_024];
  private int[] switches;
  private double[] dwelt;
  private boolean[] hurriedStart;
  private int[] order = new int[1_024];
  private int[] merged = new int[1_024];

  LabelStore(int limits) {
    this.limits = limits;
    this.switches = new int[limits * 1_024];
    this.dwelt = new double[limits * 1_024];
    this.hurriedStart = new boolean[limits * 1_024];
  }

  int size() {
    return size;
  }

  /** Forgets the labels from an index on. */
  void truncate(int newSize) {
    size = newSize;
  }

  int setting(int label) {
    return setting[label];
  }

  double seconds(int label) {
    return seconds[label];
  }

  double joules(int label) {
    return joules[label];
  }

  /** Returns how often a limited domain has switched. */
  int switches(int label, int limit) {
    return switches[label * limits + limit];
  }

  /** Returns for how long a limited domain has kept its OPP, seconds, at most what it must. */
  double dwelt(int label, int limit) {
    return dwelt[label * limits + limit];
  }

  /** Returns whether a domain left its first OPP too soon for having been switched on entry. */
  boolean hurriedStart(int label, int limit) {
    return hurriedStart[label * limits + limit];
  }

  /**
   * Adds a label; its limits are to be set if there are any.
   *
   * @param newBound joules that no path through the label falls below
   */
  int add(int newSetting, double newSeconds, double newJoules, double newBound, int newParent) {
    if (size == setting.length) {
      grow();
    }
    setting[size] = newSetting;
    seconds[size] = newSeconds;
    joules[size] = newJoules;
    bound[size] = newBound;
    parent[size] = newParent;
    return size++;
  }

  void limit(int label, int limit, int newSwitches, double newDwelt, boolean newHurriedStart) {
    switches[label * limits + limit] = newSwitches;
    dwelt[label * limits + limit] = newDwelt;
    hurriedStart[label * limits + limit] = newHurriedStart;
  }

  private void grow() {
    int capacity = 2 * size;
    setting = Arrays.copyOf(setting, capacity);
    parent = Arrays.copyOf(parent, capacity);
    seconds = Arrays.copyOf(seconds, capacity);
    joules = Arrays.copyOf(joules, capacity);
    bound = Arrays.copyOf(bound, capacity);
    switches = Arrays.copyOf(switches, limits * capacity);
    dwelt = Arrays.copyOf(dwelt, limits * capacity);
    hurriedStart = Arrays.copyOf(hurriedStart, limits * capacity);
  }

  /**
   * Drops from the labels at {@code begin} and later, all in one setting, those that another one
   * beats: no later, no dearer, and no closer to any limit.
   */
  void keepUndominated(int begin) {
    int count = size - begin;
    if (count < 2) {
      return;
    }
    sort(begin, count);
    double least = Double.POSITIVE_INFINITY;
    int kept = 0;
    for (int k = 0; k < count; k++) {
      int label = order[k];
      boolean beaten = limits == 0 ? joules[label] >= least : beaten(label, kept);
      if (!beaten) {
        least = joules[label];
        order[kept++] = label;
      }
    }
    retain(begin, kept);
  }

  private boolean beaten(int label, int kept) {
    for (int k = 0; k < kept; k++) {
      if (joules[order[k]] <= joules[label] && freer(order[k], label)) {
        return true;
      }
    }
    return false;
  }

  private boolean freer(int a, int b) {
    for (int i = a * limits, j = b * limits, l = 0; l < limits; l++, i++, j++) {
      if (switches[i] > switches[j]
          || dwelt[i] < dwelt[j]
          || (hurriedStart[i] && !hurriedStart[j])) {
        return false;
      }
    }
    return true;
  }

  /**
   * Drops from the labels at {@code begin} and later, in whatever settings, those that another one
   * beats even if it first had to switch to their setting and back. Without limits only.
   */
  void keepUndominatedAcross(int begin, double switchSeconds, double switchJoules) {
    int count = size - begin;
    sort(begin, count);
    double least = Double.POSITIVE_INFINITY;
    int ahead = 0;
    int kept = 0;
    for (int k = 0; k < count; k++) {
      int label = order[k];
      // No label lies ahead of itself, so this ends at the latest there.
      while (seconds[order[ahead]] < seconds[label] - switchSeconds) {
        least = Math.min(least, joules[order[ahead]]);
        ahead++;
      }
      if (least + switchJoules >= joules[label]) {
        merged[kept++] = label;
      }
    }
    System.arraycopy(merged, 0, order, 0, kept);
    Arrays.sort(order, 0, kept);
    retain(begin, kept);
  }

  /** Keeps only so many of the labels at {@code begin} and later: those of the lowest bounds. */
  void thin(int begin, int most) {
    if (size - begin <= most) {
      return;
    }
    double[] bounds = Arrays.copyOfRange(bound, begin, size);
    Arrays.sort(bounds);
    int kept = 0;
    for (int label = begin; label < size; label++) {
      if (bound[label] < bounds[most]) {
        order[kept++] = label;
      }
    }
    retain(begin, kept);
  }

  /** Keeps, of the labels from {@code begin} on, the first so many of the order, in its order. */
  private void retain(int begin, int kept) {
    int[] newSetting = new int[kept];
    int[] newParent = new int[kept];
    double[] newSeconds = new double[kept];
    double[] newJoules = new double[kept];
    double[] newBound = new double[kept];
    int[] newSwitches = new int[kept * limits];
    double[] newDwelt = new double[kept * limits];
    boolean[] newHurried = new boolean[kept * limits];
    for (int k = 0; k < kept; k++) {
      int label = order[k];
      newSetting[k] = setting[label];
      newParent[k] = parent[label];
      newSeconds[k] = seconds[label];
      newJoules[k] = joules[label];
      newBound[k] = bound[label];
      System.arraycopy(switches, label * limits, newSwitches, k * limits, limits);
      System.arraycopy(dwelt, label * limits, newDwelt, k * limits, limits);
      System.arraycopy(hurriedStart, label * limits, newHurried, k * limits, limits);
    }
    System.arraycopy(newSetting, 0, setting, begin, kept);
    System.arraycopy(newParent, 0, parent, begin, kept);
    System.arraycopy(newSeconds, 0, seconds, begin, kept);
    System.arraycopy(newJoules, 0, joules, begin, kept);
    System.arraycopy(newBound, 0, bound, begin, kept);
    System.arraycopy(newSwitches, 0, switches, begin * limits, kept * limits);
    System.arraycopy(newDwelt, 0, dwelt, begin * limits, kept * limits);
    System.arraycopy(newHurried, 0, hurriedStart, begin * limits, kept * limits);
    size = begin + kept;
  }

  /** Sorts indices of labels by time, then energy, then age: a merge sort without boxes. */
  private void sort(int begin, int count) {
    if (order.length < count) {
      order = new int[2 * count];
      merged = new int[2 * count];
    }
    for (int k = 0; k < count; k++) {
      order[k] = begin + k;
    }
    for (int width = 1; width < count; width *= 2) {
      for (int low = 0; low < count; low += 2 * width) {
        int middle = Math.min(low + width, count);
        int high = Math.min(low + 2 * width, count);
        int a = low;
        int b = middle;
        for (int k = low; k < high; k++) {
          boolean takeLeft = a < middle && (b >= high || !before(order[b], order[a]));
          merged[k] = takeLeft ? order[a++] : order[b++];
        }
      }
      int[] swap = order;
      order = merged;
      merged = swap;
    }
  }

  private boolean before(int a, int b) {
    return seconds[a] != seconds[b] ? seconds[a] < seconds[b] : joules[a] < joules[b];
  }

  /** Returns a label's settings, the latest row's first. */
  int[] trace(int label, int layers) {
    int[] path = new int[layers];
    int at = label;
    for (int i = 0; i < layers; i++) {
      path[i] = setting[at];
      at = parent[at];
    }
    return path;
  }
}
