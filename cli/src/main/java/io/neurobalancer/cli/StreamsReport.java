package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.evaluation.StreamsComparison;
import io.neurobalancer.files.StreamsFile;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.target.LatencyHistogram;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code run --streams} prints. */
final class StreamsReport {

  private StreamsReport() {}

  static String toText(StreamsComparison comparison) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Admitted: load %.1f %%, processor time at %.1f mW%n",
            comparison.joint().load() * 100,
            comparison.joint().priceWatts() * 1e3));
    List<StreamsFile.Entry> entries = comparison.entries();
    for (int s = 0; s < entries.size(); s++) {
      text.append(
          "  %s: %s every %s, deadline %s, may take %s%n"
              .formatted(
                  entries.get(s).name(),
                  entries.get(s).model(),
                  Durations.format(entries.get(s).periodSeconds()),
                  Durations.format(entries.get(s).deadlineSeconds()),
                  Durations.format(comparison.joint().demandSeconds().get(s))));
    }
    List<String> header = new ArrayList<>(List.of("governor", ">mW"));
    entries.forEach(entry -> header.add(">" + entry.name() + " misses"));
    header.add(">switches/s");
    TextTable table = new TextTable(header.toArray(String[]::new));
    comparison
        .results()
        .forEach(
            (name, result) -> {
              double seconds = seconds(entries, result);
              List<String> row = new ArrayList<>();
              row.add(name);
              row.add(String.format(Locale.ROOT, "%.1f", result.joules() / seconds * 1e3));
              for (LatencyHistogram responses : result.responses()) {
                row.add(
                    String.format(
                        Locale.ROOT, "%.2f %%", 100.0 * responses.misses() / responses.count()));
              }
              row.add(String.format(Locale.ROOT, "%.1f", result.switches() / seconds));
              table.row(row.toArray(String[]::new));
            });
    return text.append("%n".formatted()).append(table.render()).toString();
  }

  private static double seconds(List<StreamsFile.Entry> entries, RunResult result) {
    return result.responses().get(0).count() * entries.get(0).periodSeconds();
  }

  static String toJson(StreamsComparison comparison) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/streams-run/1")
        .put("load", comparison.joint().load())
        .put("priceWatts", comparison.joint().priceWatts());
    List<StreamsFile.Entry> entries = comparison.entries();
    ArrayNode governors = root.putArray("governors");
    comparison
        .results()
        .forEach(
            (name, result) -> {
              ObjectNode governor = governors.addObject();
              governor
                  .put("name", name)
                  .put("watts", result.joules() / seconds(entries, result))
                  .put("switchesPerSecond", result.switches() / seconds(entries, result));
              ArrayNode streams = governor.putArray("streams");
              for (int s = 0; s < entries.size(); s++) {
                LatencyHistogram responses = result.responses().get(s);
                streams
                    .addObject()
                    .put("name", entries.get(s).name())
                    .put("jobs", responses.count())
                    .put("misses", responses.misses())
                    .put("medianSeconds", responses.quantileSeconds(0.5))
                    .put("p99Seconds", responses.quantileSeconds(0.99));
              }
            });
    return root.toPrettyString() + "%n".formatted();
  }
}
