package io.neurobalancer.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.workload.Operator;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cost profiles as files of the schema {@code neurobalancer/profile/1}: one JSON document per line.
 * The first says what was measured, each further one is a run, the last says that the campaign was
 * finished. A campaign appends line by line, so what it measured survives it.
 */
public final class CostProfiles {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/profile/1";

  private static final String ADVICE = "make it again with 'neurobalancer profile'";
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private CostProfiles() {}

  /**
   * What a file holds.
   *
   * @param profile the header and all whole runs
   * @param finished whether the campaign ended
   * @param wholeBytes length of the part that can be read
   * @param cutLine number of a line that is cut off, or 0 if none is
   */
  public record Found(CostProfile profile, boolean finished, long wholeBytes, int cutLine) {}

  /** Returns the first line of a file, its end included. */
  public static String header(
      CostProfile.Origin origin, SettingGrid grid, List<Operator> operators) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("version", origin.version());
    root.putObject("device").put("name", origin.deviceName()).put("hash", origin.deviceHash());
    root.putObject("model").put("name", origin.modelName()).put("hash", origin.modelHash());
    root.put("conditions", origin.conditions());
    root.put("budget", origin.budget());
    root.put("mostRepeats", origin.mostRepeats());
    root.set("domains", Fields.domains(MAPPER, grid));
    ArrayNode list = root.putArray("operators");
    operators.forEach(operator -> list.add(Fields.operator(MAPPER, operator)));
    return root + "\n";
  }

  /** Returns the line of one run, its end included. */
  public static String line(Samples.Run run, SettingGrid grid, int operators) {
    ObjectNode node = MAPPER.createObjectNode();
    ArrayNode hertz = node.putArray("hertz");
    for (int d = 0; d < grid.dimensions(); d++) {
      hertz.add(grid.frequency(run.setting(), d).hertz());
    }
    ArrayNode seconds = node.putArray("latencySeconds");
    ArrayNode joules = node.putArray("energyJoules");
    for (int i = 0; i < operators; i++) {
      seconds.add(run.latencySeconds(i));
      joules.add(run.energyJoules(i));
    }
    run.excluded().ifPresent(reason -> node.put("excluded", reason));
    return node + "\n";
  }

  /** Returns the last line of a finished file. */
  public static String footer(int runs) {
    return MAPPER.createObjectNode().put("finished", true).put("runs", runs) + "\n";
  }

  /**
   * Reads a finished profile.
   *
   * @throws ProfileException if it is missing, no profile, damaged, or not finished
   */
  public static CostProfile read(Path file) {
    Found found = find(file);
    if (!found.finished()) {
      throw new ProfileException(
          "The profile '%s' ends after %d runs%s; its campaign was not finished.%nMaybe run the same 'neurobalancer profile' command again: it goes on from there."
              .formatted(
                  file,
                  found.profile().runs().size(),
                  found.cutLine() == 0
                      ? ""
                      : ", and line %d is cut off".formatted(found.cutLine())));
    }
    return found.profile();
  }

  /**
   * Reads what there is of a profile, finished or not. A last line that is cut off is left out and
   * told.
   *
   * @throws ProfileException if it is missing, no profile, or damaged before its last line
   */
  public static Found find(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (MalformedInputException e) {
      throw new ProfileException("The file '%s' is no profile: it is no text.".formatted(file), e);
    } catch (IOException e) {
      throw new ProfileException(
          "The profile '%s' cannot be read.%nMaybe make one with 'neurobalancer profile'."
              .formatted(file),
          e);
    }
    String name = file.toString();
    int headerEnd = text.indexOf('\n');
    if (headerEnd < 0) {
      throw new ProfileException(
          "%s: the first line is cut off, so nothing in it can be used.%nMaybe delete it and profile again."
              .formatted(name));
    }
    Header header = header(name, parse(name, 1, text.substring(0, headerEnd)));
    List<Samples.Run> runs = new ArrayList<>();
    boolean finished = false;
    int start = headerEnd + 1;
    int line = 2;
    int cutLine = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        cutLine = line;
        break;
      }
      JsonNode node = parse(name, line, text.substring(start, end));
      if (node.has("finished")) {
        finished = true;
      } else {
        runs.add(run(new JsonFields(name + ", line " + line, "", ADVICE, node), header));
      }
      start = end + 1;
      line++;
    }
    return new Found(
        new CostProfile(header.origin(), header.grid(), header.operators(), runs),
        finished && cutLine == 0,
        text.substring(0, start).getBytes(StandardCharsets.UTF_8).length,
        cutLine);
  }

  private record Header(CostProfile.Origin origin, SettingGrid grid, List<Operator> operators) {}

  private static Header header(String file, JsonNode node) {
    JsonFields top = new JsonFields(file, "", ADVICE, node);
    String schema = top.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw top.error("schema", "('%s') must be '%s'".formatted(schema, SCHEMA));
    }
    JsonFields device = top.object("device");
    JsonFields model = top.object("model");
    CostProfile.Origin origin =
        new CostProfile.Origin(
            top.text("version"),
            device.text("name"),
            device.text("hash"),
            model.text("name"),
            model.text("hash"),
            top.text("conditions"),
            (int) top.whole("budget"),
            (int) top.whole("mostRepeats"));
    List<Operator> operators = new ArrayList<>();
    top.objects("operators").forEach(reader -> operators.add(Fields.operator(reader)));
    return new Header(origin, Fields.domains(top), operators);
  }

  private static Samples.Run run(JsonFields reader, Header header) {
    int setting = Fields.setting(reader, "hertz", header.grid());
    List<Double> seconds = reader.numbers("latencySeconds");
    List<Double> joules = reader.numbers("energyJoules");
    int operators = header.operators().size();
    if (seconds.size() != operators || joules.size() != operators) {
      throw reader.error(
          "the run",
          "has %d latencies and %d energies; there are %d operators"
              .formatted(seconds.size(), joules.size(), operators));
    }
    for (int i = 0; i < operators; i++) {
      if (!(seconds.get(i) > 0) || !(joules.get(i) >= 0)) {
        throw reader.error(
            "operator '%s'".formatted(header.operators().get(i).name()),
            "has a latency of %s s and an energy of %s J, which cannot be"
                .formatted(seconds.get(i), joules.get(i)));
      }
    }
    return new Samples.Run(
        setting,
        seconds.stream().mapToDouble(Double::doubleValue).toArray(),
        joules.stream().mapToDouble(Double::doubleValue).toArray(),
        reader.has("excluded") ? Optional.of(reader.text("excluded")) : Optional.empty());
  }

  private static JsonNode parse(String file, int line, String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ProfileException(
          "%s, line %d: this is no valid JSON.%nMaybe the file was edited; profile again."
              .formatted(file, line),
          e);
    }
  }
}
