package io.neurobalancer.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Reads the fields of a plan file and names the one that is wrong. */
record PlanDocumentReader(Path file) {

  PlanDocument document(JsonNode root) {
    String schema = text(root, "", "schema");
    if (!schema.equals(PlanDocument.SCHEMA)) {
      throw wrong("schema", "is '%s', not '%s'".formatted(schema, PlanDocument.SCHEMA));
    }
    List<String> domains = new ArrayList<>();
    field(root, "", "domains").forEach(domain -> domains.add(domain.asText()));
    List<PlanDocument.Entry> entries = new ArrayList<>();
    JsonNode operators = field(root, "", "operators");
    for (int i = 0; i < operators.size(); i++) {
      entries.add(entry(operators.get(i), "operators[" + i + "].", domains.size()));
    }
    if (entries.isEmpty()) {
      throw wrong("operators", "is empty");
    }
    List<PlanDocument.SegmentEntry> segments = new ArrayList<>();
    JsonNode runs = field(root, "", "segments");
    for (int i = 0; i < runs.size(); i++) {
      segments.add(segment(runs.get(i), "segments[" + i + "].", domains.size()));
    }
    JsonNode device = field(root, "", "device");
    JsonNode model = field(root, "", "model");
    return new PlanDocument(
        text(root, "", "command"),
        text(root, "", "version"),
        (long) number(root, "", "seed"),
        text(device, "device.", "name"),
        text(device, "device.", "hash"),
        text(model, "model.", "name"),
        text(model, "model.", "hash"),
        text(root, "", "planner"),
        number(root, "", "deadlineSeconds"),
        number(root, "", "targetSeconds"),
        number(root, "", "periodSeconds"),
        number(root, "", "makespanSeconds"),
        number(root, "", "energyJoules"),
        optional(root, "lowerBoundJoules"),
        optional(root, "gap"),
        (int) number(root, "", "switches"),
        optional(root, "marginalJoulesPerSecond"),
        text(root, "", "note"),
        domains,
        entries,
        segments);
  }

  private PlanDocument.Entry entry(JsonNode node, String path, int domains) {
    return new PlanDocument.Entry(
        text(node, path, "name"),
        text(node, path, "kind"),
        hertz(node, path, "hertz", domains),
        text(node, path, "bound"),
        number(node, path, "latencySeconds"),
        number(node, path, "energyJoules"),
        number(node, path, "slackTakenSeconds"),
        number(node, path, "savedJoules"),
        hertz(node, path, "runnerUpHertz", domains),
        number(node, path, "runnerUpCostJoules"),
        number(node, path, "marginalJoulesPerSecond"));
  }

  private PlanDocument.SegmentEntry segment(JsonNode node, String path, int domains) {
    return new PlanDocument.SegmentEntry(
        text(node, path, "firstOperator"),
        text(node, path, "lastOperator"),
        (int) number(node, path, "operators"),
        hertz(node, path, "hertz", domains),
        number(node, path, "latencySeconds"),
        number(node, path, "energyJoules"),
        hertz(node, path, "substituteHertz", domains),
        number(node, path, "operatorsSaveJoules"),
        number(node, path, "switchesCostJoules"));
  }

  private OptionalDouble optional(JsonNode node, String name) {
    return node.has(name) && node.get(name).isNull()
        ? OptionalDouble.empty()
        : OptionalDouble.of(number(node, "", name));
  }

  private List<Long> hertz(JsonNode node, String path, String name, int domains) {
    List<Long> clocks = new ArrayList<>();
    field(node, path, name).forEach(clock -> clocks.add(clock.asLong()));
    if (clocks.size() != domains || clocks.stream().anyMatch(clock -> clock <= 0)) {
      throw wrong(path + name, "must be %d positive clocks in hertz".formatted(domains));
    }
    return clocks;
  }

  private String text(JsonNode node, String path, String name) {
    JsonNode value = field(node, path, name);
    if (!value.isTextual()) {
      throw wrong(path + name, "must be a text");
    }
    return value.textValue();
  }

  private double number(JsonNode node, String path, String name) {
    JsonNode value = field(node, path, name);
    if (!value.isNumber()) {
      throw wrong(path + name, "must be a number");
    }
    return value.doubleValue();
  }

  private JsonNode field(JsonNode node, String path, String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw wrong(path + name, "is missing");
    }
    return value;
  }

  private ReportException wrong(String field, String what) {
    return new ReportException(
        "The plan file '%s': %s %s.%nMaybe make it again with 'neurobalancer plan'."
            .formatted(file, field, what));
  }
}
