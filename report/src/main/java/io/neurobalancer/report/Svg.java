package io.neurobalancer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Builds one inline SVG drawing; colours come from the page's style sheet by class. */
final class Svg {

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;

  Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    return add("<line x1='%s' y1='%s' x2='%s' y2='%s' class='%s'/>", x1, y1, x2, y2, style);
  }

  Svg rect(double x, double y, double w, double h, String style, String title) {
    return add(
        "<rect x='%s' y='%s' width='%s' height='%s' class='%s'><title>%s</title></rect>",
        x, y, w, h, style, escape(title));
  }

  Svg circle(double x, double y, double r, String style, String title) {
    return add(
        "<circle cx='%s' cy='%s' r='%s' class='%s'><title>%s</title></circle>",
        x, y, r, style, escape(title));
  }

  Svg path(List<double[]> points, String style) {
    StringBuilder data = new StringBuilder();
    for (double[] point : points) {
      data.append(data.length() == 0 ? "M" : "L").append(number(point[0])).append(' ');
      data.append(number(point[1]));
    }
    return add("<path d='%s' class='%s'/>", data.toString(), style);
  }

  /** Writes text; {@code anchor} is start, middle or end. */
  Svg text(double x, double y, String anchor, String style, String text) {
    return add(
        "<text x='%s' y='%s' text-anchor='%s' class='%s'>%s</text>",
        x, y, anchor, style, escape(text));
  }

  String render(String label) {
    return "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>%s</svg>"
        .formatted(width, height, escape(label), body);
  }

  private Svg add(String format, Object... values) {
    List<Object> texts = new ArrayList<>();
    for (Object value : values) {
      texts.add(value instanceof Number n ? number(n.doubleValue()) : value);
    }
    body.append(String.format(Locale.ROOT, format, texts.toArray()));
    return this;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Returns round numbers from 0 or {@code from} to {@code to}, about {@code wanted} of them. */
  static List<Double> ticks(double from, double to, int wanted) {
    double raw = (to - from) / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = power;
    for (double candidate : new double[] {1, 2, 5, 10}) {
      if (candidate * power >= raw) {
        step = candidate * power;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (double tick = Math.ceil(from / step) * step; tick <= to + step * 1e-9; tick += step) {
      ticks.add(tick);
    }
    return ticks;
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
