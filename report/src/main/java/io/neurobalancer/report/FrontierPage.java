package io.neurobalancer.report;

import static io.neurobalancer.report.Svg.escape;

import io.neurobalancer.files.FrontierDocument;
import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws energy against deadline as one HTML page that needs nothing else. */
public final class FrontierPage {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 460;
  private static final int LEFT = 70;
  private static final int RIGHT = 24;
  private static final int TOP = 60;
  private static final int BOTTOM = 400;

  private static final String STYLE =
      """
      :root{--ink:#1d2433;--soft:#5b6478;--line:#dde1ea;--page:#f6f7fa;--card:#fff;--curve:#0072b2;--stop:#d55e00;
      --knee:#009e73;--pace:#cc79a7}
      @media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--soft:#a2abbd;--line:#343c4c;--page:#12161e;--card:#1b212c;
      --curve:#56b4e9;--stop:#f0894a;--knee:#3cc79c}}
      body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
      main{max-width:1000px;margin:0 auto;padding:24px 16px 48px}h1{font-size:24px;margin:0 0 4px}.soft{color:var(--soft)}
      section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:16px 0;
      overflow-x:auto}svg{width:100%;height:auto;min-width:640px}svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
      svg .label{fill:var(--ink)}.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
      .curve{fill:none;stroke:var(--curve);stroke-width:2.5}.stop{stroke:var(--stop);stroke-dasharray:5 4}
      svg .stop-label{fill:var(--stop)}.knee{fill:var(--knee)}svg .knee-label{fill:var(--knee)}
      .pace{stroke:var(--pace);stroke-dasharray:2 3}svg .pace-label{fill:var(--pace)}.point{fill:var(--curve)}
      .target{fill:none;stroke:var(--ink);stroke-width:2}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
      """;

  private FrontierPage() {}

  /** Returns the page; the same document gives the same text. */
  public static String write(FrontierDocument document) {
    String title =
        "Energy against deadline: " + document.model().name() + " on " + document.device().name();
    double worst =
        document.points().stream().mapToDouble(FrontierDocument.Point::gap).max().orElse(0);
    return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
        + escape(title)
        + "</title><style>"
        + STYLE
        + "</style></head><body><main><h1>"
        + escape(title)
        + "</h1><p class=\"soft\"><code>"
        + escape(document.command())
        + "</code></p><section>"
        + drawing(document)
        + "</section><p>"
        + escape(
            String.format(
                Locale.ROOT,
                "Each point is a plan of the predicted job, proven not to be beaten by more than"
                    + " %.3f %%. Energy is that of one period of %s, the idle time until the next"
                    + " release included.",
                worst * 100,
                Durations.format(document.periodSeconds())))
        + "</p><p>"
        + escape(
            String.format(
                Locale.ROOT,
                "No plan ends before %s; more than %s saves nothing. Jobs that follow each other"
                    + " without a pause burn least at one per %s.",
                Durations.format(document.fastestMakespanSeconds()),
                Durations.format(document.saturationSeconds()),
                Durations.format(document.energyOptimalSeconds())))
        + "</p></main></body></html>\n";
  }

  private static String drawing(FrontierDocument document) {
    List<FrontierDocument.Point> points = document.points();
    double span = document.saturationSeconds() - document.fastestMakespanSeconds();
    // A curve of one point still needs an axis to lie on.
    double margin = span > 0 ? 0.06 * span : 0.1 * document.fastestMakespanSeconds();
    double from = (document.fastestMakespanSeconds() - margin) * 1e3;
    double to = (document.saturationSeconds() + 2 * margin) * 1e3;
    double most = points.get(0).energyJoules() * 1e3;
    double least = points.get(points.size() - 1).energyJoules() * 1e3;
    double air = most > least ? 0.12 * (most - least) : 0.1 * most;
    Scale scale = new Scale(from, to, least - air, most + 0.5 * air);
    Svg svg = new Svg(WIDTH, HEIGHT);
    for (double tick : Svg.ticks(scale.low(), scale.high(), 6)) {
      svg.line(LEFT, scale.y(tick), WIDTH - RIGHT, scale.y(tick), "grid");
      svg.text(LEFT - 8, scale.y(tick) + 4, "end", "tick", label(tick));
    }
    for (double tick : Svg.ticks(from, to, 8)) {
      svg.line(scale.x(tick), BOTTOM, scale.x(tick), BOTTOM + 4, "axis");
      svg.text(scale.x(tick), BOTTOM + 20, "middle", "tick", label(tick));
    }
    svg.line(LEFT, BOTTOM, WIDTH - RIGHT, BOTTOM, "axis");
    end(svg, scale, document.fastestMakespanSeconds(), "fastest", "start", 0);
    end(svg, scale, document.saturationSeconds(), "more time saves nothing", "end", 0);
    pace(svg, scale, document);
    List<double[]> curve = new ArrayList<>();
    for (FrontierDocument.Point point : points) {
      curve.add(
          new double[] {
            scale.x(point.deadlineSeconds() * 1e3), scale.y(point.energyJoules() * 1e3)
          });
    }
    // Beyond saturation the curve is level.
    curve.add(new double[] {WIDTH - RIGHT, scale.y(least)});
    svg.path(curve, "curve");
    for (int p = 0; p < points.size(); p++) {
      svg.circle(curve.get(p)[0], curve.get(p)[1], 2.5, "point", title(points.get(p)));
    }
    double[] knee = curve.get(document.knee());
    svg.circle(knee[0], knee[1], 6, "knee", "knee");
    svg.text(
        knee[0] + 12,
        knee[1] - 10,
        "start",
        "knee-label",
        "knee: " + title(points.get(document.knee())));
    target(svg, scale, document);
    svg.text(LEFT, 16, "start", "label", "mJ per period, predicted");
    svg.text(WIDTH - RIGHT, HEIGHT - 12, "end", "label", "time for the operators, ms");
    return svg.render("Energy against deadline");
  }

  private static void end(
      Svg svg, Scale scale, double seconds, String text, String anchor, double lower) {
    double x = scale.x(seconds * 1e3);
    svg.line(x, TOP - 14 + lower, x, BOTTOM, "stop");
    svg.text(x, TOP - 20 + lower, anchor, "stop-label", text + ", " + Durations.format(seconds));
  }

  private static void pace(Svg svg, Scale scale, FrontierDocument document) {
    double x = scale.x(document.energyOptimalSeconds() * 1e3);
    svg.line(x, TOP + 10, x, BOTTOM, "pace");
    svg.text(
        x - 6,
        TOP + 20,
        "end",
        "pace-label",
        "cheapest pace without pauses, " + Durations.format(document.energyOptimalSeconds()));
  }

  /** Marks the deadline asked for where the curve has it. */
  private static void target(Svg svg, Scale scale, FrontierDocument document) {
    double target = document.targetSeconds();
    FrontierDocument.Point below = document.points().get(0);
    for (FrontierDocument.Point point : document.points()) {
      if (point.deadlineSeconds() <= target * (1 + 1e-12)) {
        below = point;
      }
    }
    double x = Math.min(scale.x(target * 1e3), WIDTH - RIGHT);
    svg.circle(x, scale.y(below.energyJoules() * 1e3), 7, "target", "the deadline asked for");
    boolean roomRight = x < WIDTH - 260;
    svg.text(
        x + (roomRight ? 12 : -12),
        scale.y(below.energyJoules() * 1e3) - 14,
        roomRight ? "start" : "end",
        "label",
        "asked for: " + Durations.format(target));
  }

  private static String title(FrontierDocument.Point point) {
    return String.format(
        Locale.ROOT,
        "%s, %.3f mJ, %.1f uJ/ms",
        Durations.format(point.deadlineSeconds()),
        point.energyJoules() * 1e3,
        point.marginalJoulesPerSecond() * 1e3);
  }

  private static String label(double value) {
    return Math.abs(value - Math.rint(value)) < 1e-9
        ? String.format(Locale.ROOT, "%d", Math.round(value))
        : String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "");
  }

  /** Maps milliseconds and millijoules to the drawing. */
  private record Scale(double from, double to, double low, double high) {
    double x(double milliseconds) {
      return LEFT + (milliseconds - from) / (to - from) * (WIDTH - LEFT - RIGHT);
    }

    double y(double millijoules) {
      return BOTTOM - (millijoules - low) / (high - low) * (BOTTOM - TOP);
    }
  }
}
