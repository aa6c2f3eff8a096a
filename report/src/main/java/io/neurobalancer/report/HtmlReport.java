package io.neurobalancer.report;

import static io.neurobalancer.report.Svg.escape;

import io.neurobalancer.report.ComparisonReport.GovernorResult;
import io.neurobalancer.report.ComparisonReport.SegmentRow;
import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Writes a comparison as one HTML page that needs nothing else: no request, and a script only to
 * sort.
 */
public final class HtmlReport {

  private static final String STYLE =
      """
      :root{--ink:#1d2433;--soft:#5b6478;--line:#dde1ea;--page:#f6f7fa;--card:#fff;--ours:#0072b2;--stock:#d55e00;
      --third:#009e73;--late:#cc79a7;--bar:#9aa5b8;--conv:#5e3c99;--pw:#b2abd2;--dw:#e6ab02;--mm:#8c510a;--oth:#b3b9c6}
      @media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--soft:#a2abbd;--line:#343c4c;--page:#12161e;--card:#1b212c;
      --ours:#56b4e9;--stock:#f0894a;--third:#3cc79c;--bar:#66718a;
      --conv:#9b7fd4;--pw:#cbc6e6;--mm:#c98a4b;--oth:#5d6679}}
      *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);
      font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
      main{max-width:1040px;margin:0 auto;padding:24px 16px 64px}h1{font-size:26px;margin:0 0 4px;line-height:1.25}
      h2{font-size:18px;margin:0 0 12px}p{margin:6px 0}.soft{color:var(--soft)}
      .badge{display:inline-block;padding:1px 9px;border:1px solid var(--stock);color:var(--stock);border-radius:99px;
      font-size:13px;margin-left:8px;vertical-align:middle}
      section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px;margin:18px 0}
      .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:18px 0}
      .tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
      .tile b{display:block;font-size:24px;line-height:1.2}.tile span{color:var(--soft);font-size:13px}
      .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
      th,td{padding:6px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
      th{font-weight:600;font-size:13px;color:var(--soft)}th:first-child,td:first-child{text-align:left}
      .note{color:var(--soft);font-size:13px;font-weight:400;white-space:normal}td{line-height:1.35}tr.ours td{font-weight:600}
      code{font:13px/1.4 ui-monospace,Menlo,Consolas,monospace;background:var(--page);padding:2px 6px;border-radius:5px;
      overflow-wrap:anywhere}svg{width:100%;height:auto;display:block;min-width:640px}
      svg text{font:12px system-ui,sans-serif;fill:var(--soft)}svg .name{fill:var(--ink);font-size:13px}
      svg .label{fill:var(--ink)}.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
      .deadline{stroke:var(--late);stroke-dasharray:5 4}.deadline-label{fill:var(--late)!important}
      .series{fill:none;stroke-width:2}.series.s0{stroke:var(--ours)}.series.s1{stroke:var(--stock)}
      .series.s2{stroke:var(--third)}.mark.s0{fill:var(--ours)}.mark.s1{fill:var(--stock)}.mark.s2{fill:var(--third)}
      .bar{fill:var(--bar)}.bar.ours{fill:var(--ours)}.bar.oracle{fill:var(--third)}.bar.late{fill:var(--late)}
      .k-conv{fill:var(--conv)}.k-pointwise{fill:var(--pw)}.k-depthwise{fill:var(--dw)}.k-matmul{fill:var(--mm)}
      .k-other{fill:var(--oth)}.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;margin:8px 0 0}
      th.sorts{cursor:pointer}th.sorts:after{content:" \\2195";opacity:.5}summary{cursor:pointer}
      @media(max-width:600px){main{padding:16px 10px 40px}section{padding:12px}h1{font-size:21px}
      .drawn{background:linear-gradient(to left,var(--line),transparent 18px) right/18px 100% no-repeat}
      table.cards tr:first-child{display:none}table.cards tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
      table.cards td{display:flex;justify-content:space-between;gap:14px;border:0;padding:2px 0;white-space:normal;
      overflow-wrap:anywhere}table.cards td:before{content:attr(data-label);color:var(--soft);font-weight:400}
      table.cards td:first-child{display:block}table.cards td:first-child:before{content:none}}
      @media print{:root{--ink:#000;--soft:#444;--line:#bbb;--page:#fff;--card:#fff;--ours:#0072b2;--stock:#d55e00;
      --third:#009e73;--bar:#9aa5b8;--conv:#5e3c99;--pw:#b2abd2;--dw:#e6ab02;--mm:#8c510a;--oth:#b3b9c6}
      body{font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0 1px}
      section{border:0;padding:0;margin:14px 0;break-inside:avoid}section.long{break-inside:auto}tr{break-inside:avoid}
      .scroll{overflow:visible}svg{min-width:0}th,td{padding:3px 5px;white-space:normal;font-size:10px}
      .note{font-size:9px}th.sorts:after{content:none}.tile b{font-size:16px}.tile{padding:8px 10px}
      .tiles{grid-template-columns:repeat(5,minmax(0,1fr));gap:8px}td:not(:first-child){white-space:nowrap}}
      .legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
      """;

  private static final String[] COLOURS = {"ours", "stock", "third"};

  /** Numbers by their value, clocks of one unit too, all else by its letters. */
  private static final String SORTING =
      """
      <script>document.querySelectorAll("th.sorts").forEach((th)=>th.addEventListener("click",()=>{
      const table=th.closest("table"),at=[...th.parentNode.children].indexOf(th),up=th.dataset.up!=="1";
      th.dataset.up=up?"1":"0";const key=(r)=>r.children[at].textContent,rows=[...table.rows].slice(1);
      rows.sort((a,b)=>{const x=key(a),y=key(b),n=parseFloat(x)-parseFloat(y);
      return (up?1:-1)*(isNaN(n)||/^[a-z]/i.test(x)?x.localeCompare(y,"en",{numeric:true}):n)});
      rows.forEach((r)=>table.tBodies[0].append(r))}))</script>
      """;

  private HtmlReport() {}

  /** Returns the page; the same report gives the same text. */
  public static String write(ComparisonReport report) {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
        .append(escape(title(report)))
        .append("</title><style>")
        .append(STYLE)
        .append("</style></head><body><main>");
    header(page, report);
    tiles(page, report);
    governors(page, report);
    section(page, "Energy per job", Charts.energy(report), split(report));
    section(
        page,
        "One job, clock by clock",
        Charts.timeline(report),
        legend(report)
            + "<p class=\"soft\">Dots on the time axis mark when each governor's job ended.</p>");
    latencies(page, report);
    if (report.frontier().size() > 1) {
      section(
          page,
          "What another deadline would cost",
          Charts.frontier(report),
          "<p class=\"soft\">Each point is a certified plan of the predicted job, idle power until"
              + " the next release included.</p>");
    }
    segments(page, report);
    operators(page, report);
    provenance(page, report);
    return page.append("</main></body></html>\n").toString();
  }

  private static String title(ComparisonReport report) {
    return report.model().name()
        + " on "
        + report.device().title()
        + ", deadline "
        + Durations.format(report.deadlineSeconds());
  }

  private static void header(StringBuilder page, ComparisonReport report) {
    page.append("<h1>").append(escape(title(report)));
    if (report.device().simulated()) {
      page.append("<span class=\"badge\">simulated</span>");
    }
    page.append("</h1><p class=\"soft\">")
        .append(
            escape(
                String.format(
                    Locale.ROOT,
                    "%d operators, %.2f GFLOPs, %.1f MB of weights; %d jobs under each governor, %s"
                        + " weather, seed %d, %d thread%s.",
                    report.model().operators(),
                    report.model().flops() / 1e9,
                    report.model().weightBytes() / 1e6,
                    report.jobs(),
                    report.weather(),
                    report.seed(),
                    report.device().threads(),
                    report.device().threads() == 1 ? "" : "s")))
        .append("</p><p><code>")
        .append(escape(report.command()))
        .append("</code></p>");
  }

  private static void tiles(StringBuilder page, ComparisonReport report) {
    GovernorResult ours = report.governors().get(0);
    page.append("<div class=\"tiles\">");
    tile(page, percent(ours.savingVsStock()), "less energy than stock, " + ours.name());
    tile(page, percent(ours.savingVsPerformance()), "less than both clocks at maximum");
    tile(
        page,
        String.format(Locale.ROOT, "%.2f %%", ours.missRate() * 100),
        "of jobs miss the deadline");
    tile(page, percent(ours.gapToBound()), "above the certified bound");
    tile(
        page,
        String.format(Locale.ROOT, "%.3f %%", report.plan().gap() * 100),
        "certified gap of the plan");
    page.append("</div>");
  }

  private static void tile(StringBuilder page, String value, String label) {
    page.append("<div class=\"tile\"><b>")
        .append(escape(value))
        .append("</b><span>")
        .append(escape(label))
        .append("</span></div>");
  }

  private static void governors(StringBuilder page, ComparisonReport report) {
    List<String> heads =
        List.of(
            "governor",
            "mJ per job",
            "vs stock",
            "vs performance",
            "misses",
            "median slack, ms",
            "switches",
            "above bound");
    page.append("<section><h2>Governors</h2>");
    begin(page, heads, false);
    for (GovernorResult result : report.governors()) {
      page.append(result.name().startsWith("neuro") ? "<tr class=\"ours\">" : "<tr>");
      page.append("<td>")
          .append(escape(result.name()))
          .append("<br><span class=\"note\">")
          .append(escape(result.note()))
          .append("</span></td>");
      cells(
          page,
          heads.subList(1, heads.size()),
          String.format(Locale.ROOT, "%.2f", result.energyJoulesPerJob() * 1e3),
          saving(result.savingVsStock()),
          saving(result.savingVsPerformance()),
          String.format(Locale.ROOT, "%.2f %%", result.missRate() * 100),
          millis(result.medianSlackSeconds()),
          String.format(Locale.ROOT, "%.1f", result.switchesPerJob()),
          percent(result.gapToBound()));
      page.append("</tr>");
    }
    page.append("</table></div></section>");
  }

  /** What burned the energy, where the device tells it. */
  private static String split(ComparisonReport report) {
    Set<String> parts = new LinkedHashSet<>();
    report.governors().forEach(result -> parts.addAll(result.joulesByPart().keySet()));
    if (parts.isEmpty()) {
      return "";
    }
    List<String> heads = new ArrayList<>(List.of("governor"));
    parts.forEach(part -> heads.add(part + ", mJ"));
    StringBuilder table = new StringBuilder();
    begin(table, heads, false);
    for (GovernorResult result : report.governors()) {
      List<String> cells = new ArrayList<>(List.of(result.name()));
      for (String part : parts) {
        Double joules = result.joulesByPart().get(part);
        cells.add(joules == null ? "" : String.format(Locale.ROOT, "%.3f", joules * 1e3));
      }
      table.append("<tr>");
      cells(table, heads, cells.toArray(new String[0]));
      table.append("</tr>");
    }
    return table.append("</table></div>").toString();
  }

  /** The distribution, and the quantiles that people ask for. */
  private static void latencies(StringBuilder page, ComparisonReport report) {
    List<GovernorResult> drawn = Charts.drawn(report);
    if (drawn.isEmpty()) {
      return;
    }
    StringBuilder after = new StringBuilder("<div class=\"legend\">");
    for (int r = 0; r < drawn.size(); r++) {
      key(after, COLOURS[r], drawn.get(r).name());
    }
    after.append("</div>");
    List<String> heads = List.of("governor", "p50, ms", "p95, ms", "p99, ms", "longest, ms");
    begin(after, heads, false);
    for (GovernorResult result : report.governors()) {
      after.append("<tr>");
      cells(
          after,
          heads,
          result.name(),
          millis(within(result, 0.5)),
          millis(within(result, 0.95)),
          millis(within(result, 0.99)),
          millis(within(result, 1)));
      after.append("</tr>");
    }
    after.append("</table></div>");
    section(page, "When jobs ended", Charts.latencies(report), after.toString());
  }

  private static double within(GovernorResult result, double share) {
    return result.responses().stream()
        .filter(one -> one.share() >= share - 1e-9)
        .mapToDouble(ComparisonReport.Share::seconds)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static void segments(StringBuilder page, ComparisonReport report) {
    ComparisonReport.PlanSummary plan = report.plan();
    page.append("<section><h2>The plan</h2><p>")
        .append(
            escape(
                String.format(
                    Locale.ROOT,
                    "Planner %s: %.3f mJ per period, proven not to be beaten by more than %.3f %%"
                        + " (lower bound %.3f mJ, for the predicted costs); makespan %s of the %s"
                        + " planned for; %d switches.",
                    plan.planner(),
                    plan.energyJoules() * 1e3,
                    plan.gap() * 100,
                    plan.lowerBoundJoules() * 1e3,
                    Durations.format(plan.makespanSeconds()),
                    Durations.format(plan.targetSeconds()),
                    plan.switches())))
        .append("</p>");
    List<String> heads = new ArrayList<>(List.of("from", "to", "operators"));
    heads.addAll(report.device().domains());
    heads.addAll(List.of("ms", "mJ"));
    begin(page, heads, false);
    for (SegmentRow segment : plan.segments()) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  segment.firstOperator(),
                  segment.lastOperator(),
                  String.valueOf(segment.operators())));
      cells.addAll(segment.clocks());
      cells.add(millis(segment.latencySeconds()));
      cells.add(String.format(Locale.ROOT, "%.3f", segment.energyJoules() * 1e3));
      page.append("<tr>");
      cells(page, heads, cells.toArray(String[]::new));
      page.append("</tr>");
    }
    page.append("</table></div></section>");
  }

  private static void operators(StringBuilder page, ComparisonReport report) {
    if (report.plan().operators().isEmpty()) {
      return;
    }
    page.append(
            "<section class=\"long\"><h2>Operators</h2><p class=\"soft\">As predicted and planned;"
                + " a click")
        .append(" on a head sorts by it.</p>");
    List<String> heads = new ArrayList<>(List.of("operator", "kind", "bound by"));
    heads.addAll(report.device().domains());
    heads.addAll(List.of("ms", "uJ", "slack taken, ms"));
    begin(page, heads, true);
    for (ComparisonReport.OperatorRow operator : report.plan().operators()) {
      List<String> cells =
          new ArrayList<>(List.of(operator.name(), operator.kind(), operator.bound()));
      cells.addAll(operator.clocks());
      cells.add(millis(operator.latencySeconds()));
      cells.add(String.format(Locale.ROOT, "%.1f", operator.energyJoules() * 1e6));
      cells.add(millis(operator.slackTakenSeconds()));
      page.append("<tr>");
      cells(page, heads, cells.toArray(String[]::new));
      page.append("</tr>");
    }
    page.append("</table></div></section>").append(SORTING);
  }

  private static void begin(StringBuilder page, List<String> heads, boolean sorts) {
    page.append("<div class=\"scroll\"><table class=\"cards\"><tr>");
    for (String head : heads) {
      page.append(sorts ? "<th class=\"sorts\">" : "<th>").append(escape(head)).append("</th>");
    }
    page.append("</tr>");
  }

  private static void provenance(StringBuilder page, ComparisonReport report) {
    page.append("<section><h2>Where the numbers come from</h2>");
    for (String note : report.notes()) {
      page.append("<p>").append(escape(note)).append("</p>");
    }
    page.append("<p class=\"soft\">NeuroBalancer ")
        .append(escape(report.version()))
        .append(", device profile ")
        .append(escape(report.device().name()))
        .append(" <code>")
        .append(escape(report.device().hash().substring(0, 12)))
        .append("</code>, model <code>")
        .append(escape(report.model().hash().substring(0, 12)))
        .append("</code>.</p></section>");
  }

  private static void section(StringBuilder page, String title, String drawing, String after) {
    page.append("<section><h2>")
        .append(escape(title))
        .append("</h2><div class=\"scroll drawn\">")
        .append(drawing)
        .append("</div>")
        .append(after)
        .append("</section>");
  }

  private static String legend(ComparisonReport report) {
    StringBuilder legend = new StringBuilder("<div class=\"legend\">");
    for (int t = 0; t < Math.min(COLOURS.length, report.timelines().size()); t++) {
      key(legend, COLOURS[t], report.timelines().get(t).governor());
    }
    legend.append("</div><div class=\"legend\">");
    key(legend, "conv", "convolution");
    key(legend, "pw", "1x1 convolution");
    key(legend, "dw", "depthwise convolution");
    key(legend, "mm", "matrix product, attention");
    key(legend, "oth", "other");
    return legend.append("</div>").toString();
  }

  private static void key(StringBuilder legend, String colour, String text) {
    legend
        .append("<span><i style=\"background:var(--")
        .append(colour)
        .append(")\"></i>")
        .append(escape(text))
        .append("</span>");
  }

  /** Writes cells that know their head, which a narrow screen prints beside each. */
  private static void cells(StringBuilder page, List<String> heads, String... cells) {
    for (int c = 0; c < cells.length; c++) {
      page.append("<td data-label=\"")
          .append(escape(heads.get(c)))
          .append("\">")
          .append(escape(cells[c]))
          .append("</td>");
    }
  }

  private static String millis(double seconds) {
    return Double.isNaN(seconds) ? "unknown" : String.format(Locale.ROOT, "%.3f", seconds * 1e3);
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent()
        ? String.format(Locale.ROOT, "%.1f %%", share.getAsDouble() * 100)
        : "not run";
  }

  private static String saving(OptionalDouble share) {
    return share.isPresent()
        ? String.format(Locale.ROOT, "%+.1f %%", 0.0 - share.getAsDouble() * 100)
        : "not run";
  }
}
