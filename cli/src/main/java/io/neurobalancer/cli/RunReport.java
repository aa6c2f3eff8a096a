package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.LatencyHistogram;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.unit.Durations;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code run} prints.
 *
 * @param model what ran
 * @param device where
 * @param result what happened
 * @param feedback what a governor with feedback did; empty under any other
 */
record RunReport(
    String model, String device, RunResult result, Optional<BalancedGovernor.Report> feedback) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BARS = 12;
  private static final int WIDTH = 40;

  /** Returns the report of a run under a governor that has ended. */
  static RunReport of(String model, String device, RunResult result, Governor.Factory governor) {
    return new RunReport(
        model,
        device,
        result,
        governor instanceof BalancedGovernor.Factory balanced
            ? balanced.report()
            : Optional.empty());
  }

  String toText() {
    LatencyHistogram responses = result.responses().get(0);
    StringBuilder text = new StringBuilder();
    text.append("%s on %s%n".formatted(model, device));
    text.append(
        String.format(
            Locale.ROOT,
            "  %d jobs, %d late (%.2f %%), deadline %s, median slack %s, %.1f switches per job%n",
            result.jobs(),
            responses.misses(),
            result.missRate() * 100,
            Durations.format(responses.deadlineSeconds()),
            Durations.format(result.medianSlackSeconds()),
            result.switchesPerJob()));
    text.append(
        "  response from release: median %s, 90 %% %s, 99 %% %s, longest %s%n"
            .formatted(
                Durations.format(responses.quantileSeconds(0.5)),
                Durations.format(responses.quantileSeconds(0.9)),
                Durations.format(responses.quantileSeconds(0.99)),
                Durations.format(responses.maxSeconds())));
    text.append(
        Double.isNaN(result.joules())
            ? "  energy: not measured: no meter%n".formatted()
            : String.format(
                Locale.ROOT, "  energy: %.3f mJ per job%n", result.energyJoulesPerJob() * 1e3));
    result
        .joulesBySource()
        .forEach(
            (source, joules) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "    %s: %.3f mJ per job%n",
                        source,
                        joules * 1e3 / result.jobs())));
    feedback.ifPresent(
        report -> text.append("  feedback: ").append(report).append("%n".formatted()));
    result.notes().forEach(note -> text.append("  ").append(note).append("%n".formatted()));
    return text.append("%n".formatted()).append(histogram(responses)).toString();
  }

  private static String histogram(LatencyHistogram responses) {
    double least = responses.quantileSeconds(0);
    double step = Math.max((responses.maxSeconds() - least) / BARS, 1e-9);
    StringBuilder text = new StringBuilder();
    double below = 0;
    for (int bar = 1; bar <= BARS; bar++) {
      double upTo = least + bar * step;
      double share = bar == BARS ? 1 : share(responses, upTo);
      text.append(
          String.format(
              Locale.ROOT,
              "  up to %-9s %6d %s%n",
              Durations.format(upTo),
              Math.round((share - below) * responses.count()),
              "#".repeat((int) Math.ceil((share - below) * WIDTH))));
      below = share;
    }
    return text.toString();
  }

  /** Returns the share of responses within a time. */
  private static double share(LatencyHistogram responses, double seconds) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 40; i++) {
      double middle = (low + high) / 2;
      if (responses.quantileSeconds(middle) <= seconds) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  String toJson() {
    LatencyHistogram responses = result.responses().get(0);
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema", "neurobalancer/run/1")
        .put("model", model)
        .put("device", device)
        .put("jobs", result.jobs())
        .put("misses", responses.misses())
        .put("deadlineSeconds", responses.deadlineSeconds())
        .put("medianSlackSeconds", result.medianSlackSeconds())
        .put("switchesPerJob", result.switchesPerJob());
    ObjectNode response = root.putObject("responseSeconds");
    response
        .put("median", responses.quantileSeconds(0.5))
        .put("p90", responses.quantileSeconds(0.9))
        .put("p99", responses.quantileSeconds(0.99))
        .put("max", responses.maxSeconds());
    if (Double.isNaN(result.joules())) {
      root.putNull("energyJoulesPerJob");
    } else {
      root.put("energyJoulesPerJob", result.energyJoulesPerJob());
    }
    ObjectNode sources = root.putObject("joulesBySource");
    result.joulesBySource().forEach(sources::put);
    feedback.ifPresent(report -> root.set("feedback", MAPPER.valueToTree(report)));
    ArrayNode notes = root.putArray("notes");
    result.notes().forEach(notes::add);
    return root.toPrettyString() + "%n".formatted();
  }
}
