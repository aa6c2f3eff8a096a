package io.neurobalancer.report;

import io.neurobalancer.report.ComparisonReport.FrontierPoint;
import io.neurobalancer.report.ComparisonReport.GovernorResult;
import io.neurobalancer.report.ComparisonReport.Ran;
import io.neurobalancer.report.ComparisonReport.Step;
import io.neurobalancer.report.ComparisonReport.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws the pictures of a comparison. */
final class Charts {

  private static final int WIDTH = 860;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;

  private Charts() {}

  /**
   * The clocks of each domain over one job, one line per governor, and the operators above them.
   */
  static String timeline(ComparisonReport report) {
    List<Timeline> timelines = report.timelines();
    int panel = 150;
    int strip = 46;
    int domains = report.device().domains().size();
    int height = strip + domains * (panel + 34) + 30;
    double end = report.deadlineSeconds();
    for (Timeline timeline : timelines) {
      end = Math.max(end, timeline.endSeconds());
    }
    end *= 1.06;
    Svg svg = new Svg(WIDTH, height);
    double scale = (WIDTH - LEFT - RIGHT) / end;
    for (Timeline timeline : timelines) {
      for (Ran ran : timeline.operators()) {
        svg.rect(
            LEFT + ran.startSeconds() * scale,
            18,
            Math.max(0.4, (ran.endSeconds() - ran.startSeconds()) * scale),
            18,
            "k-" + family(ran.kind()),
            "%s (%s): %s"
                .formatted(
                    ran.name(), ran.kind(), milliseconds(ran.endSeconds() - ran.startSeconds())));
      }
    }
    svg.text(LEFT, 12, "start", "label", "operators of the planned job");
    for (int d = 0; d < domains; d++) {
      int top = strip + d * (panel + 34) + 22;
      clockPanel(svg, report, d, top, panel, scale, end);
    }
    int bottom = height - 30;
    for (double tick : Svg.ticks(0, end * 1e3, 8)) {
      double x = LEFT + tick / 1e3 * scale;
      svg.line(x, bottom, x, bottom + 4, "axis");
      svg.text(x, bottom + 16, "middle", "tick", trim(tick));
    }
    svg.text(WIDTH - RIGHT, height - 1, "end", "label", "milliseconds since release");
    return svg.render("Clocks over one job");
  }

  private static void clockPanel(
      Svg svg, ComparisonReport report, int domain, int top, int panel, double scale, double end) {
    double highest = 0;
    for (Timeline timeline : report.timelines()) {
      for (Step step : timeline.steps()) {
        highest = Math.max(highest, step.megahertz().get(domain));
      }
    }
    highest *= 1.08;
    svg.text(
        LEFT, top - 7, "start", "label", report.device().domains().get(domain) + " clock, MHz");
    for (double tick : Svg.ticks(0, highest, 4)) {
      double y = top + panel * (1 - tick / highest);
      svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
      svg.text(LEFT - 6, y + 4, "end", "tick", trim(tick));
    }
    double deadline = LEFT + report.deadlineSeconds() * scale;
    svg.line(deadline, top, deadline, top + panel, "deadline");
    if (domain == 0) {
      svg.text(deadline, top - 7, "middle", "deadline-label", "deadline");
    }
    // Ours is drawn last, so that it lies on top where lines coincide.
    for (int t = report.timelines().size() - 1; t >= 0; t--) {
      Timeline timeline = report.timelines().get(t);
      List<double[]> points = new ArrayList<>();
      double last = -1;
      for (Step step : timeline.steps()) {
        if (step.seconds() > end) {
          break;
        }
        double x = LEFT + step.seconds() * scale;
        if (last >= 0) {
          points.add(new double[] {x, last});
        }
        last = top + panel * (1 - step.megahertz().get(domain) / highest);
        points.add(new double[] {x, last});
      }
      points.add(new double[] {LEFT + end * scale, last});
      svg.path(points, "series s" + t);
      double x = LEFT + timeline.endSeconds() * scale;
      svg.circle(x, top + panel, 4, "mark s" + t, timeline.governor() + " ends");
    }
    svg.line(LEFT, top + panel, WIDTH - RIGHT, top + panel, "axis");
  }

  /** Energy per job as bars. */
  static String energy(ComparisonReport report) {
    List<GovernorResult> results = report.governors();
    int row = 26;
    int left = 170;
    Svg svg = new Svg(WIDTH, results.size() * row + 30);
    double most = results.stream().mapToDouble(GovernorResult::energyJoulesPerJob).max().orElse(1);
    double scale = (WIDTH - left - 150) / most;
    for (int r = 0; r < results.size(); r++) {
      GovernorResult result = results.get(r);
      double y = r * row + 4;
      String style =
          result.missRate() > 0.01
              ? "bar late"
              : result.name().startsWith("neuro") ? "bar ours" : "bar";
      if (result.name().equals("clairvoyant")) {
        style = "bar oracle";
      }
      svg.text(left - 8, y + 14, "end", "name", result.name());
      svg.rect(
          left,
          y,
          result.energyJoulesPerJob() * scale,
          18,
          style,
          result.name() + ": " + result.note());
      svg.text(
          left + result.energyJoulesPerJob() * scale + 6,
          y + 14,
          "start",
          "tick",
          String.format(Locale.ROOT, "%.2f mJ", result.energyJoulesPerJob() * 1e3)
              + (result.missRate() > 0
                  ? String.format(Locale.ROOT, ", %.1f %% late", result.missRate() * 100)
                  : ""));
    }
    svg.text(
        left, results.size() * row + 22, "start", "label", "energy per job and period, simulated");
    return svg.render("Energy per job");
  }

  /** Returns the governors whose latencies are drawn, ours first, at most as many as colours. */
  static List<GovernorResult> drawn(ComparisonReport report) {
    List<String> wanted = List.of(report.governors().get(0).name(), "stock", "clairvoyant");
    return report.governors().stream()
        .filter(result -> wanted.contains(result.name()) && !result.responses().isEmpty())
        .toList();
  }

  /** Which share of the jobs had ended by which time. */
  static String latencies(ComparisonReport report) {
    List<GovernorResult> results = drawn(report);
    int height = 280;
    int bottom = height - 44;
    int top = 20;
    double from = report.deadlineSeconds();
    double to = report.deadlineSeconds();
    for (GovernorResult result : results) {
      from = Math.min(from, result.responses().get(0).seconds());
      to = Math.max(to, result.responses().get(result.responses().size() - 1).seconds());
    }
    double margin = Math.max((to - from) * 0.05, to * 1e-3);
    from = Math.max(0, from - margin) * 1e3;
    to = (to + margin) * 1e3;
    double scale = (WIDTH - LEFT - RIGHT) / (to - from);
    Svg svg = new Svg(WIDTH, height);
    for (double tick : new double[] {0, 25, 50, 75, 95, 100}) {
      double y = bottom - tick / 100 * (bottom - top);
      svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
      svg.text(LEFT - 6, y + 4, "end", "tick", trim(tick));
    }
    for (double tick : Svg.ticks(from, to, 8)) {
      double x = LEFT + (tick - from) * scale;
      svg.line(x, bottom, x, bottom + 4, "axis");
      svg.text(x, bottom + 18, "middle", "tick", trim(tick));
    }
    double deadline = LEFT + (report.deadlineSeconds() * 1e3 - from) * scale;
    svg.line(deadline, top, deadline, bottom, "deadline");
    svg.text(deadline + 18, top - 7, "end", "deadline-label", "deadline");
    for (int r = results.size() - 1; r >= 0; r--) {
      List<double[]> points = new ArrayList<>();
      for (ComparisonReport.Share share : results.get(r).responses()) {
        points.add(
            new double[] {
              LEFT + (share.seconds() * 1e3 - from) * scale, bottom - share.share() * (bottom - top)
            });
      }
      svg.path(points, "series s" + r);
    }
    svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis");
    svg.text(LEFT, 12, "start", "label", "% of the jobs that have ended");
    svg.text(WIDTH - RIGHT, height - 4, "end", "label", "milliseconds since release");
    return svg.render("Distribution of latencies");
  }

  /** Predicted energy of the best plan against the deadline. */
  static String frontier(ComparisonReport report) {
    List<FrontierPoint> points = report.frontier();
    int height = 300;
    int bottom = height - 44;
    int top = 20;
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    double end = 0;
    double start = Double.POSITIVE_INFINITY;
    for (FrontierPoint point : points) {
      least = Math.min(least, point.energyJoules());
      most = Math.max(most, point.energyJoules());
      end = Math.max(end, point.deadlineSeconds());
      start = Math.min(start, point.deadlineSeconds());
    }
    double low = Math.max(0, least - 0.15 * (most - least)) * 1e3;
    double high = most * 1e3 + 0.05 * (most - least) * 1e3;
    double from = Math.max(0, start - 0.05 * (end - start)) * 1e3;
    double to = end * 1e3;
    Svg svg = new Svg(WIDTH, height);
    for (double tick : Svg.ticks(low, high, 5)) {
      double y = bottom - (tick - low) / (high - low) * (bottom - top);
      svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
      svg.text(LEFT - 6, y + 4, "end", "tick", trim(tick));
    }
    for (double tick : Svg.ticks(from, to, 8)) {
      double x = LEFT + (tick - from) / (to - from) * (WIDTH - LEFT - RIGHT);
      svg.line(x, bottom, x, bottom + 4, "axis");
      svg.text(x, bottom + 18, "middle", "tick", trim(tick));
    }
    List<double[]> curve = new ArrayList<>();
    for (FrontierPoint point : points) {
      curve.add(
          new double[] {
            LEFT + (point.deadlineSeconds() * 1e3 - from) / (to - from) * (WIDTH - LEFT - RIGHT),
            bottom - (point.energyJoules() * 1e3 - low) / (high - low) * (bottom - top)
          });
    }
    svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis");
    svg.path(curve, "series s0");
    double x =
        LEFT + (report.plan().targetSeconds() * 1e3 - from) / (to - from) * (WIDTH - LEFT - RIGHT);
    double y = bottom - (report.plan().energyJoules() * 1e3 - low) / (high - low) * (bottom - top);
    svg.circle(x, y, 5, "mark s0", "the plan");
    svg.text(x, y - 10, x > WIDTH - 120 ? "end" : "start", "name", "the plan");
    svg.text(LEFT, 12, "start", "label", "mJ per period, predicted");
    svg.text(WIDTH - RIGHT, height - 4, "end", "label", "time for the operators, ms");
    return svg.render("Energy against deadline");
  }

  /** Names the drawing class of an operator's kind. */
  static String family(String kind) {
    return switch (kind) {
      case "convolution", "transposed_convolution" -> "conv";
      case "pointwise_convolution" -> "pointwise";
      case "depthwise_convolution" -> "depthwise";
      case "matmul", "attention", "recurrent" -> "matmul";
      default -> "other";
    };
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f ms", seconds * 1e3);
  }

  private static String trim(double value) {
    return Math.abs(value - Math.rint(value)) < 1e-9
        ? String.format(Locale.ROOT, "%d", Math.round(value))
        : String.format(Locale.ROOT, "%.2f", value).replaceAll("0+$", "");
  }
}
