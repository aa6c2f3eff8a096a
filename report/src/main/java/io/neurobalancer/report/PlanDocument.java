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
import java.util.ArrayList;
import java.util.List;

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
 * @param lowerBoundJoules proven for the predicted costs
 * @param gap between the two, as a share of the energy
 * @param switches per job
 * @param marginalJoulesPerSecond what another second of deadline would save
 * @param domains names of the frequency domains
 * @param operators in execution order
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
    double lowerBoundJoules,
    double gap,
    int switches,
    double marginalJoulesPerSecond,
    List<String> domains,
    List<Entry> operators) {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/plan/1";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public PlanDocument {
    domains = List.copyOf(domains);
    operators = List.copyOf(operators);
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
      double runnerUpCostJoules) {
    public Entry {
      hertz = List.copyOf(hertz);
      runnerUpHertz = List.copyOf(runnerUpHertz);
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
    root.put("planner", planner);
    root.put("deadlineSeconds", deadlineSeconds);
    root.put("targetSeconds", targetSeconds);
    root.put("periodSeconds", periodSeconds);
    root.put("makespanSeconds", makespanSeconds);
    root.put("energyJoules", energyJoules);
    root.put("lowerBoundJoules", lowerBoundJoules);
    root.put("gap", gap);
    root.put("switches", switches);
    root.put("marginalJoulesPerSecond", marginalJoulesPerSecond);
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
    }
    return SummaryJson.pretty(root);
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
    return new Reader(file).document(root);
  }

  /** Reads fields and names the one that is wrong. */
  private record Reader(Path file) {

    PlanDocument document(JsonNode root) {
      String schema = text(root, "", "schema");
      if (!schema.equals(SCHEMA)) {
        throw wrong("schema", "is '%s', not '%s'".formatted(schema, SCHEMA));
      }
      List<String> domains = new ArrayList<>();
      field(root, "", "domains").forEach(domain -> domains.add(domain.asText()));
      List<Entry> entries = new ArrayList<>();
      JsonNode operators = field(root, "", "operators");
      for (int i = 0; i < operators.size(); i++) {
        entries.add(entry(operators.get(i), "operators[" + i + "].", domains.size()));
      }
      if (entries.isEmpty()) {
        throw wrong("operators", "is empty");
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
          number(root, "", "lowerBoundJoules"),
          number(root, "", "gap"),
          (int) number(root, "", "switches"),
          number(root, "", "marginalJoulesPerSecond"),
          domains,
          entries);
    }

    private Entry entry(JsonNode node, String path, int domains) {
      return new Entry(
          text(node, path, "name"),
          text(node, path, "kind"),
          hertz(node, path, "hertz", domains),
          text(node, path, "bound"),
          number(node, path, "latencySeconds"),
          number(node, path, "energyJoules"),
          number(node, path, "slackTakenSeconds"),
          number(node, path, "savedJoules"),
          hertz(node, path, "runnerUpHertz", domains),
          number(node, path, "runnerUpCostJoules"));
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
}
