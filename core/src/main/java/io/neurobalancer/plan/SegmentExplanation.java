package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Why a segment of a plan is worth the switches around it: compared with running it at the setting
 * of a neighbouring segment, whichever neighbour is the better substitute. Time is priced as the
 * plan prices it, so that joules and seconds add up.
 *
 * @param segment what is explained
 * @param substitute the neighbour's setting; the segment's own if the plan has only one setting
 * @param operatorsSaveJoules by how much the operators cost less than at the substitute
 * @param switchesCostJoules by how much the switches cost more than with the substitute
 */
public record SegmentExplanation(
    Segment segment, int substitute, double operatorsSaveJoules, double switchesCostJoules) {

  /** Returns what the segment's own setting is worth after its switches are paid, joules. */
  public double netJoules() {
    return operatorsSaveJoules - switchesCostJoules;
  }

  /** Explains every segment of a plan. */
  public static List<SegmentExplanation> of(Plan plan) {
    Trellis flat = new Trellis(plan.problem());
    int[] path = flat.compress(plan.settings());
    double price = plan.marginalJoulesPerSecond().orElse(0);
    List<SegmentExplanation> explanations = new ArrayList<>();
    int first = 0;
    for (Segment segment : plan.segments()) {
      int end = first;
      while (end < flat.rows && flat.firstOperator[end] <= segment.lastOperator()) {
        end++;
      }
      explanations.add(explain(flat, path, price, segment, first, end));
      first = end;
    }
    return explanations;
  }

  private static SegmentExplanation explain(
      Trellis flat, int[] path, double price, Segment segment, int first, int end) {
    int own = path[first];
    SegmentExplanation closest = new SegmentExplanation(segment, segment.setting(), 0, 0);
    int n = flat.rows;
    int before = first > 0 ? path[first - 1] : flat.cyclic() ? path[n - 1] : own;
    int after = end < n ? path[end] : flat.cyclic() ? path[0] : own;
    for (int x : new int[] {before, after}) {
      if (x == own) {
        continue;
      }
      double saved = 0;
      int[] substituted = path.clone();
      for (int i = first; i < end; i++) {
        substituted[i] = x;
        int there = i * flat.settings + x;
        int here = i * flat.settings + own;
        saved +=
            flat.joules[there]
                - flat.joules[here]
                + price * (flat.seconds[there] - flat.seconds[here]);
      }
      double switches = switchCost(flat, path, price) - switchCost(flat, substituted, price);
      if (closest.substitute() == segment.setting() || saved - switches < closest.netJoules()) {
        closest = new SegmentExplanation(segment, flat.original[x], saved, switches);
      }
    }
    return closest;
  }

  private static double switchCost(Trellis flat, int[] path, double price) {
    int last = path[flat.rows - 1];
    double sum = flat.boundaryJoules(last, path[0]) + price * flat.boundarySeconds(last, path[0]);
    for (int i = 1; i < flat.rows; i++) {
      sum +=
          flat.switchJoules(path[i - 1], path[i])
              + price * flat.switchSeconds(path[i - 1], path[i]);
    }
    return sum;
  }
}
