package io.neurobalancer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/** Writes a comparison as {@code summary.json}, schema {@code neurobalancer/summary/1}. */
public final class SummaryJson {

  /** The schema that this version writes. */
  public static final String SCHEMA = "neurobalancer/summary/1";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SummaryJson() {}

  /**
   * Returns the document; the same report gives the same text. A reference that was not run is
   * null.
   */
  public static String write(ComparisonReport report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("command", report.command());
    root.put("version", report.version());
    root.put("seed", report.seed());
    root.putObject("device")
        .put("name", report.device().name())
        .put("hash", report.device().hash())
        .put("simulated", report.device().simulated())
        .put("threads", report.device().threads());
    root.putObject("model")
        .put("name", report.model().name())
        .put("hash", report.model().hash())
        .put("operators", report.model().operators())
        .put("flops", report.model().flops())
        .put("weightBytes", report.model().weightBytes())
        .put("unknownOperators", report.model().unknownOperators());
    root.put("deadlineSeconds", report.deadlineSeconds());
    root.put("periodSeconds", report.periodSeconds());
    root.put("fastestMakespanSeconds", report.fastestMakespanSeconds());
    root.put("jobs", report.jobs());
    root.put("weather", report.weather());
    root.put("predictedLatencySeconds", report.predictedLatencySeconds());
    root.put("simulatedMedianLatencySeconds", report.simulatedLatencySeconds());
    root.putObject("prediction")
        .put("measuredSettings", report.fit().measuredSettings())
        .put("settings", report.fit().settings())
        .put("runs", report.fit().runs())
        .put("heldOutOperatorLatencyError", report.fit().operatorLatencyError())
        .put("heldOutTotalLatencyError", report.fit().totalLatencyError())
        .put("heldOutOperatorEnergyError", report.fit().operatorEnergyError())
        .put("meanBaselineLatencyError", report.fit().dumbLatencyError());
    ComparisonReport.PlanSummary plan = report.plan();
    root.putObject("plan")
        .put("planner", plan.planner())
        .put("energyJoules", plan.energyJoules())
        .put("lowerBoundJoules", plan.lowerBoundJoules())
        .put("gap", plan.gap())
        .put("makespanSeconds", plan.makespanSeconds())
        .put("targetSeconds", plan.targetSeconds())
        .put("segments", plan.segments().size())
        .put("switches", plan.switches());
    if (Double.isNaN(report.boundJoules())) {
      root.putNull("boundJoulesPerJob");
    } else {
      root.put("boundJoulesPerJob", report.boundJoules());
    }
    ArrayNode governors = root.putArray("governors");
    for (ComparisonReport.GovernorResult result : report.governors()) {
      ObjectNode node = governors.addObject();
      node.put("name", result.name());
      node.put("note", result.note());
      node.put("energyJoulesPerJob", result.energyJoulesPerJob());
      put(node, "savingVsStock", result.savingVsStock());
      put(node, "savingVsPerformance", result.savingVsPerformance());
      node.put("missRate", result.missRate());
      node.put("medianSlackSeconds", result.medianSlackSeconds());
      node.put("switchesPerJob", result.switchesPerJob());
      put(node, "gapToClairvoyant", result.gapToClairvoyant());
      put(node, "gapToBound", result.gapToBound());
    }
    ArrayNode frontier = root.putArray("frontier");
    for (ComparisonReport.FrontierPoint point : report.frontier()) {
      frontier
          .addObject()
          .put("deadlineSeconds", point.deadlineSeconds())
          .put("energyJoules", point.energyJoules())
          .put("lowerBoundJoules", point.lowerBoundJoules());
    }
    ArrayNode notes = root.putArray("notes");
    report.notes().forEach(notes::add);
    return pretty(root);
  }

  static String pretty(ObjectNode root) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode node, String name, OptionalDouble value) {
    if (value.isPresent()) {
      node.put(name, value.getAsDouble());
    } else {
      node.putNull(name);
    }
  }
}
