package io.neurobalancer.report;

import static io.neurobalancer.report.Svg.escape;

import io.neurobalancer.report.StudyReport.Cell;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Shows the savings of a study as heat maps, models by devices, as one HTML page. */
public final class StudyPage {

  private static final String STOCK = "stock";
  private static final double TOLERATED_MISSES = 0.001;

  private static final String STYLE =
      """
      :root{--ink:#1d2433;--soft:#5b6478;--line:#dde1ea;--page:#f6f7fa;--card:#fff}
      body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
      main{max-width:1280px;margin:0 auto;padding:24px 16px 48px}h1{font-size:24px;margin:0 0 4px}h2{font-size:18px}
      .soft{color:var(--soft)}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
      section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:16px 0;
      overflow-x:auto}table{border-collapse:collapse;font-size:13px}td,th{padding:4px 8px;text-align:right}
      th{font-weight:600}th:first-child{text-align:left}td{color:#111;border:1px solid #fff}.late{font-style:italic;
      text-decoration:underline dotted}.none{background:#e9ebf0}
      th.device{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}
      @media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--soft:#a2abbd;--line:#343c4c;--page:#12161e;--card:#1b212c}
      td{border-color:#1b212c}}
      @media print{body{background:#fff}section{break-inside:avoid;border:0}td{-webkit-print-color-adjust:exact;
      print-color-adjust:exact}}
      """;

  private StudyPage() {}

  /** Returns the page; the same report gives the same text. */
  public static String write(StudyReport report, String ours) {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
        .append(escape(report.title()))
        .append("</title><style>")
        .append(STYLE)
        .append("</style></head><body><main><h1>")
        .append(escape(report.title()))
        .append("</h1><p class=\"soft\"><code>")
        .append(escape(report.command()))
        .append("</code></p><p>Energy of ")
        .append(escape(ours))
        .append(
            " against stock on simulated devices, in percent; negative is less. Underlined: it missed more than"
                + " 0.1 % of its deadlines.</p>");
    for (String weather : values(report.cells(), Cell::weather)) {
      for (String deadline : values(report.cells(), Cell::deadline)) {
        List<Cell> cells =
            report.cells().stream()
                .filter(cell -> cell.weather().equals(weather) && cell.deadline().equals(deadline))
                .toList();
        page.append("<section><h2>Deadline ")
            .append(escape(deadline))
            .append(", ")
            .append(escape(weather))
            .append(" weather</h2>")
            .append(map(cells, ours))
            .append("</section>");
      }
    }
    for (String note : report.notes()) {
      page.append("<p class=\"soft\">").append(escape(note)).append("</p>");
    }
    return page.append("</main></body></html>\n").toString();
  }

  private static List<String> values(List<Cell> cells, Function<Cell, String> key) {
    return new ArrayList<>(new LinkedHashSet<>(cells.stream().map(key).toList()));
  }

  private static String map(List<Cell> cells, String ours) {
    List<String> devices = values(cells, Cell::device);
    StringBuilder table = new StringBuilder("<table><tr><th>model</th>");
    devices.forEach(
        device ->
            table
                .append("<th class=\"device\">")
                .append(escape(device.replaceFirst("^sim:", "")))
                .append("</th>"));
    table.append("</tr>");
    for (String model : values(cells, Cell::model)) {
      table.append("<tr><th>").append(escape(model.replaceFirst("^zoo:", ""))).append("</th>");
      for (String device : devices) {
        List<Cell> here =
            cells.stream()
                .filter(cell -> cell.model().equals(model) && cell.device().equals(device))
                .toList();
        table.append(field(here, ours));
      }
      table.append("</tr>");
    }
    return table.append("</table>").toString();
  }

  /** One field: the mean over seeds. */
  private static String field(List<Cell> cells, String ours) {
    OptionalDouble saving =
        cells.stream()
            .map(cell -> cell.saving(ours, STOCK))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .average();
    if (saving.isEmpty()) {
      return "<td class=\"none\"></td>";
    }
    boolean late =
        cells.stream()
            .flatMap(cell -> cell.outcome(ours).stream())
            .anyMatch(outcome -> outcome.missRate() > TOLERATED_MISSES);
    return String.format(
        Locale.ROOT,
        "<td%s style=\"background:%s\">%+.0f</td>",
        late ? " class=\"late\"" : "",
        color(saving.getAsDouble()),
        0.0 - 100 * saving.getAsDouble());
  }

  /** From orange (ten percent more) over white to blue (half), readable for the colour-blind. */
  private static String color(double saving) {
    double blue = Math.max(0, Math.min(1, saving / 0.5));
    double orange = Math.max(0, Math.min(1, -saving / 0.1));
    int red = (int) Math.round(255 - 169 * blue - 15 * orange);
    int green = (int) Math.round(255 - 75 * blue - 117 * orange);
    int last = (int) Math.round(255 - 22 * blue - 181 * orange);
    return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, last);
  }
}
