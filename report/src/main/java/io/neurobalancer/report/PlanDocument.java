package io.neurobalancer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A plan as a file, schema {@code neurobalancer/plan/1}: which clocks each operator gets, why, and
 * how good the whole is proven to be.
 *
 * @param command the command line that made it
 * @param version of NeuroBalancer
 * @param seed of the measurements behind it
 * @param deviceName as on the command line
 * @param deviceHash of its profile
 * @param modelName for people
 * @param modelHash of the model and its shapes
 * @param planner the name of the planner
 * @param deadlineSeconds asked for
 * @param targetSeconds the makespan planned for: the deadline less waking and margin
 * @param periodSeconds between releases
 * @param makespanSeconds as predicted
 * @param energyJoules of one period, as predicted
 * @param lowerBoundJoules proven for the predicted costs; empty if the planner proves none
 * @param gap between the two, as a share of the energy; empty with it
 * @param switches per job
 * @param marginalJoulesPerSecond what another second of deadline would save; empty if the planner
 *     does not know
 * @param note what the reader should know; mostly empty
 * @param domains names of the frequency domains
 * @param operators in execution order
 * @param segments runs of operators at one setting, in order
 */
public record PlanDocument(
    String command,
    String version,
    long seed,
    String deviceName,
    String deviceHash,
    String modelName,
    String modelHash,
    String planner,
    double deadlineSeconds,
    double targetSeconds,
    double periodSeconds,
    double makespanSeconds,
    double energyJoules,
    OptionalDouble lowerBoundJoules,
    OptionalDouble gap,
    int switches,
    OptionalDouble marginalJoulesPerSecond,
    String note,
    List<String> domains,
    List<Entry> operators,
    List<SegmentEntry> segments) {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/plan/1";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public PlanDocument {
    domains = List.copyOf(domains);
    operators = List.copyOf(operators);
    segments = List.copyOf(segments);
  }

  /**
   * One operator.
   *
   * @param name of the operator
   * @param kind of the operator
   * @param hertz its clocks, one per domain
   * @param bound what its latency follows: compute, memory, balanced or overhead
   * @param latencySeconds as predicted
   * @param energyJoules of the device meanwhile, as predicted
   * @param slackTakenSeconds over its own fastest setting
   * @param savedJoules against its own fastest setting, above idling
   * @param runnerUpHertz the clocks that come closest
   * @param runnerUpCostJoules what taking them instead would cost, time priced
   * @param marginalJoulesPerSecond the best rate at which more time for it would save energy
   */
  public record Entry(
      String name,
      String kind,
      List<Long> hertz,
      String bound,
      double latencySeconds,
      double energyJoules,
      double slackTakenSeconds,
      double savedJoules,
      List<Long> runnerUpHertz,
      double runnerUpCostJoules,
      double marginalJoulesPerSecond) {
    public Entry {
      hertz = List.copyOf(hertz);
      runnerUpHertz = List.copyOf(runnerUpHertz);
    }
  }

  /**
   * One segment, and why it is worth the switches around it.
   *
   * @param firstOperator its first operator's name
   * @param lastOperator its last operator's name
   * @param operators how many it has
   * @param hertz its clocks, one per domain
   * @param latencySeconds of its operators, as predicted
   * @param energyJoules of the device meanwhile, as predicted
   * @param substituteHertz the clocks of the neighbour that would serve best instead; its own if
   *     there is no other segment
   * @param operatorsSaveJoules by how much its operators cost less than there, time priced
   * @param switchesCostJoules by how much the switches cost more than without it, time priced
   */
  public record SegmentEntry(
      String firstOperator,
      String lastOperator,
      int operators,
      List<Long> hertz,
      double latencySeconds,
      double energyJoules,
      List<Long> substituteHertz,
      double operatorsSaveJoules,
      double switchesCostJoules) {
    public SegmentEntry {
      hertz = List.copyOf(hertz);
      substituteHertz = List.copyOf(substituteHertz);
    }
  }

  /** Returns the same document with these of its operators only. */
  public PlanDocument withOperators(List<Entry> some) {
    return new PlanDocument(
        command,
        version,
        seed,
        deviceName,
        deviceHash,
        modelName,
        modelHash,
        planner,
        deadlineSeconds,
        targetSeconds,
        periodSeconds,
        makespanSeconds,
        energyJoules,
        lowerBoundJoules,
        gap,
        switches,
        marginalJoulesPerSecond,
        note,
        domains,
        some,
        segments);
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
    root.put("planner", planner);
    root.put("deadlineSeconds", deadlineSeconds);
    root.put("targetSeconds", targetSeconds);
    root.put("periodSeconds", periodSeconds);
    root.put("makespanSeconds", makespanSeconds);
    root.put("energyJoules", energyJoules);
    put(root, "lowerBoundJoules", lowerBoundJoules);
    put(root, "gap", gap);
    root.put("switches", switches);
    put(root, "marginalJoulesPerSecond", marginalJoulesPerSecond);
    root.put("note", note);
    ArrayNode names = root.putArray("domains");
    domains.forEach(names::add);
    ArrayNode array = root.putArray("operators");
    for (Entry entry : operators) {
      ObjectNode node = array.addObject();
      node.put("name", entry.name());
      node.put("kind", entry.kind());
      entry.hertz().forEach(node.putArray("hertz")::add);
      node.put("bound", entry.bound());
      node.put("latencySeconds", entry.latencySeconds());
      node.put("energyJoules", entry.energyJoules());
      node.put("slackTakenSeconds", entry.slackTakenSeconds());
      node.put("savedJoules", entry.savedJoules());
      entry.runnerUpHertz().forEach(node.putArray("runnerUpHertz")::add);
      node.put("runnerUpCostJoules", entry.runnerUpCostJoules());
      node.put("marginalJoulesPerSecond", entry.marginalJoulesPerSecond());
    }
    ArrayNode runs = root.putArray("segments");
    for (SegmentEntry segment : segments) {
      ObjectNode node = runs.addObject();
      node.put("firstOperator", segment.firstOperator());
      node.put("lastOperator", segment.lastOperator());
      node.put("operators", segment.operators());
      segment.hertz().forEach(node.putArray("hertz")::add);
      node.put("latencySeconds", segment.latencySeconds());
      node.put("energyJoules", segment.energyJoules());
      segment.substituteHertz().forEach(node.putArray("substituteHertz")::add);
      node.put("operatorsSaveJoules", segment.operatorsSaveJoules());
      node.put("switchesCostJoules", segment.switchesCostJoules());
    }
    return SummaryJson.pretty(root);
  }

  /** Writes a number that may be unknown; what is unknown is null, never zero. */
  private static void put(ObjectNode node, String name, OptionalDouble value) {
    if (value.isPresent()) {
      node.put(name, value.getAsDouble());
    } else {
      node.putNull(name);
    }
  }

  /**
   * Reads a plan file.
   *
   * @throws ReportException if it is missing, cut off or no plan; the message names file and field
   */
  public static PlanDocument read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ReportException(
          "There is no plan file '%s'.%nMaybe make one with 'neurobalancer plan'.".formatted(file));
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new ReportException(
          "The plan file '%s' is no valid JSON (line %d, column %d).%nMaybe it is cut off; make it again with 'neurobalancer plan'."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new ReportException(
          "The plan file '%s' cannot be read.%nMaybe check its permissions.".formatted(file), e);
    }
    return new PlanDocumentReader(file).document(root);
  }
}
