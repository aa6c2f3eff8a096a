package io.neurobalancer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Energy against deadline as a file, schema {@code neurobalancer/frontier/1}. All deadlines are
 * those of the operators, waking and margin left aside, as {@code targetSeconds} of a plan is.
 *
 * @param command the command line that made it
 * @param version of NeuroBalancer
 * @param seed of the measurements behind it
 * @param deviceName as on the command line
 * @param deviceHash of its profile
 * @param modelName for people
 * @param modelHash of the model and its shapes
 * @param periodSeconds between releases, kept along the curve
 * @param fastestMakespanSeconds no deadline below it can be met
 * @param saturationSeconds more time than this saves nothing
 * @param energyOptimalSeconds the pace at which jobs without a pause between them burn least
 * @param targetSeconds the time that the deadline asked for leaves for the operators
 * @param knee index of the point where the curve bends most
 * @param points for ascending deadlines
 */
public record FrontierDocument(
    String command,
    String version,
    long seed,
    String deviceName,
    String deviceHash,
    String modelName,
    String modelHash,
    double periodSeconds,
    double fastestMakespanSeconds,
    double saturationSeconds,
    double energyOptimalSeconds,
    double targetSeconds,
    int knee,
    List<Point> points) {

  /** The schema that this version writes. */
  public static final String SCHEMA = "neurobalancer/frontier/1";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  public FrontierDocument {
    points = List.copyOf(points);
  }

  /**
   * One certified plan.
   *
   * @param deadlineSeconds for the operators
   * @param energyJoules of one period, as predicted
   * @param lowerBoundJoules that no plan for this deadline falls below
   * @param makespanSeconds of the plan
   * @param switches per job
   * @param marginalJoulesPerSecond what time saves between here and the next point; nothing at the
   *     last one
   */
  public record Point(
      double deadlineSeconds,
      double energyJoules,
      double lowerBoundJoules,
      double makespanSeconds,
      int switches,
      double marginalJoulesPerSecond) {

    /** Returns by how much a better plan could at most be cheaper, as a share of the energy. */
    public double gap() {
      return energyJoules == 0 ? 0 : 1 - lowerBoundJoules / energyJoules;
    }
  }

  /** Returns the JSON text. */
  public String toJson() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("command", command);
    root.put("version", version);
    root.put("seed", seed);
    root.putObject("device").put("name", deviceName).put("hash", deviceHash);
    root.putObject("model").put("name", modelName).put("hash", modelHash);
    root.put("periodSeconds", periodSeconds);
    root.put("fastestMakespanSeconds", fastestMakespanSeconds);
    root.put("saturationSeconds", saturationSeconds);
    root.put("energyOptimalSeconds", energyOptimalSeconds);
    root.put("targetSeconds", targetSeconds);
    root.put("kneeSeconds", points.get(knee).deadlineSeconds());
    ArrayNode array = root.putArray("points");
    for (Point point : points) {
      array
          .addObject()
          .put("deadlineSeconds", point.deadlineSeconds())
          .put("energyJoules", point.energyJoules())
          .put("lowerBoundJoules", point.lowerBoundJoules())
          .put("gap", point.gap())
          .put("makespanSeconds", point.makespanSeconds())
          .put("switches", point.switches())
          .put("marginalJoulesPerSecond", point.marginalJoulesPerSecond());
    }
    return SummaryJson.pretty(root);
  }
}
