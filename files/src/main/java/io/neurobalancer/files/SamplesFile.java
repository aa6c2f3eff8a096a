package io.neurobalancer.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Samples as files of the schema {@code neurobalancer/samples/1}: one JSON document per line. The
 * first says what is measured, on what, and by what campaign; each further one is a run, the energy
 * of a block of operators, or the calibration; the last says that the campaign was finished. {@link
 * SamplesWriter} appends line by line, so what was measured survives an interruption.
 */
public final class SamplesFile {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/samples/1";

  static final String ADVICE = "make it again with 'neurobalancer profile'";
  static final long MOST_BYTES = 256L << 20;

  private static final JsonFormat<Header> HEADER =
      new JsonFormat<>(Header.class, SCHEMA, "samples file", ADVICE, MOST_BYTES);

  private SamplesFile() {}

  /**
   * What a campaign measures.
   *
   * @param provenance the device, the model, and what measures them
   * @param conditions what else matters, such as threads and weather
   * @param budget settings that are to be measured
   * @param mostRepeats of each
   * @param grid the settings of the device
   * @param workload what runs
   */
  public record Campaign(
      Provenance provenance,
      String conditions,
      int budget,
      int mostRepeats,
      SettingGrid grid,
      Workload workload) {

    /** Returns whether another campaign measures the same in the same way and may go on here. */
    public boolean continues(Campaign other) {
      return provenance.device().hash().equals(other.provenance.device().hash())
          && provenance.device().name().equals(other.provenance.device().name())
          && provenance.modelHash().equals(other.provenance.modelHash())
          && provenance.seed().equals(other.provenance.seed())
          && conditions.equals(other.conditions)
          && budget == other.budget
          && mostRepeats == other.mostRepeats
          && grid.sameClocks(other.grid);
    }
  }

  /**
   * What a file holds.
   *
   * @param campaign what was measured
   * @param runs all whole runs, in their order
   * @param blocks energies of several operators together
   * @param calibration what a planner needs besides, if it was measured
   * @param finished whether the campaign ended
   * @param wholeBytes length of the part that can be read
   * @param cutLine number of a line that is cut off, or 0 if none is
   */
  public record Found(
      Campaign campaign,
      List<Samples.Run> runs,
      List<Samples.Block> blocks,
      Optional<Calibration> calibration,
      boolean finished,
      long wholeBytes,
      int cutLine) {

    /**
     * Refuses to replace a finished campaign: measuring it again may take long.
     *
     * @throws NeuroBalancerException if it is finished
     */
    public void requireUnfinished(Path file) {
      if (finished) {
        throw NeuroBalancerException.invalid(
            "'%s' holds a finished campaign (%s, %d runs).%nMaybe choose another --out, or replace it with --restart."
                .formatted(file, campaign.provenance(), runs.size()));
      }
    }

    /**
     * Returns the samples.
     *
     * @throws NeuroBalancerException if no run counts
     */
    public Samples samples() {
      return new Samples(
          campaign.grid(),
          campaign.workload(),
          runs,
          blocks,
          calibration,
          Optional.of(campaign.provenance()));
    }
  }

  /** The first line. */
  record Header(
      Provenance provenance,
      String conditions,
      int budget,
      int mostRepeats,
      List<Parts.Domain> domains,
      Workload workload) {}

  /** Any further line; one of its fields is there. */
  record Line(
      Optional<RunPart> run,
      Optional<BlockPart> block,
      Optional<Parts.CalibrationPart> calibration,
      Optional<End> finished) {
    Line {
      if (Stream.of(run, block, calibration, finished).filter(Optional::isPresent).count() != 1) {
        throw new FieldException("", "must have one of run, block, calibration and finished");
      }
    }
  }

  record RunPart(
      List<Long> hertz,
      Readings latencySeconds,
      Readings energyJoules,
      Optional<String> excluded) {}

  record BlockPart(
      List<Long> hertz, String firstOperator, String lastOperator, double energyJoules) {}

  record End(int runs) {}

  /**
   * Reads the samples of a finished campaign.
   *
   * @throws NeuroBalancerException if the file is missing, no samples file, damaged, or not
   *     finished
   */
  public static Samples read(Path file) {
    Found found = find(file);
    if (!found.finished()) {
      throw NeuroBalancerException.invalid(
          "The samples file '%s' ends after %d runs%s; its campaign was not finished.%nMaybe run the same 'neurobalancer profile' command again: it goes on from there."
              .formatted(
                  file,
                  found.runs().size(),
                  found.cutLine() == 0
                      ? ""
                      : ", and line %d is cut off".formatted(found.cutLine())));
    }
    return found.samples();
  }

  /**
   * Reads what there is of a samples file, finished or not. A last line that is cut off is left out
   * and told.
   *
   * @throws NeuroBalancerException if it is missing, no samples file, or damaged before its last
   *     line
   */
  public static Found find(Path file) {
    return parse(file.toString(), HEADER.bytes(file));
  }

  static Found parse(String file, byte[] bytes) {
    int end = lineEnd(bytes, 0);
    if (end < 0) {
      throw NeuroBalancerException.invalid(
          "%s: the first line is cut off, so nothing in it can be used.%nMaybe delete it and profile again."
              .formatted(file));
    }
    Campaign campaign = campaign(file, HEADER.parse(file, slice(bytes, 0, end)));
    List<Samples.Run> runs = new ArrayList<>();
    List<Samples.Block> blocks = new ArrayList<>();
    Optional<Calibration> calibration = Optional.empty();
    boolean finished = false;
    int start = end + 1;
    int number = 2;
    for (end = lineEnd(bytes, start); end >= 0; end = lineEnd(bytes, start)) {
      String name = "%s, line %d".formatted(file, number);
      Line line = line(name, slice(bytes, start, end));
      try {
        line.run().ifPresent(run -> runs.add(run(campaign, run)));
        line.block().ifPresent(block -> blocks.add(block(campaign, block)));
        if (line.calibration().isPresent()) {
          calibration =
              line.calibration().map(part -> part.calibration("calibration", campaign.grid()));
        }
      } catch (FieldException e) {
        throw JsonProblem.wrong(name, ADVICE, e);
      }
      finished |= line.finished().isPresent();
      start = end + 1;
      number++;
    }
    boolean cut = start < bytes.length;
    return new Found(
        campaign, runs, blocks, calibration, finished && !cut, start, cut ? number : 0);
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return at < bytes.length ? at : -1;
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static Campaign campaign(String file, Header header) {
    try {
      return new Campaign(
          header.provenance(),
          header.conditions(),
          header.budget(),
          header.mostRepeats(),
          Parts.grid(header.domains()),
          header.workload());
    } catch (FieldException e) {
      throw JsonProblem.wrong(file, ADVICE, e);
    }
  }

  private static Line line(String name, byte[] text) {
    try {
      JsonNode tree = Json.bounded(Json.MAPPER.readTree(text));
      Line line = Json.MAPPER.readValue(text, Line.class);
      Json.refuseInfinite(tree);
      return line;
    } catch (JacksonException e) {
      throw JsonProblem.explain(name, ADVICE, e);
    } catch (FieldException e) {
      throw JsonProblem.wrong(name, ADVICE, e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Samples.Run run(Campaign campaign, RunPart part) {
    int setting = Parts.setting("run.hertz", campaign.grid(), part.hertz());
    int operators = campaign.workload().size();
    Parts.sizes("run.latencySeconds", part.latencySeconds().size(), operators, "operator");
    Parts.sizes("run.energyJoules", part.energyJoules().size(), operators, "operator");
    for (int i = 0; i < operators; i++) {
      double seconds = part.latencySeconds().get(i);
      double joules = part.energyJoules().get(i);
      if (!(seconds > 0) || Double.isInfinite(seconds)) {
        throw new FieldException(
            "run.latencySeconds[%d]".formatted(i), "(%s) must be positive".formatted(seconds));
      }
      if (joules < 0 || Double.isInfinite(joules)) {
        throw new FieldException(
            "run.energyJoules[%d]".formatted(i), "(%s) must not be negative".formatted(joules));
      }
    }
    return new Samples.Run(
        setting, part.latencySeconds().toArray(), part.energyJoules().toArray(), part.excluded());
  }

  private static Samples.Block block(Campaign campaign, BlockPart part) {
    int first = operator("block.firstOperator", campaign, part.firstOperator());
    int last = operator("block.lastOperator", campaign, part.lastOperator());
    if (last < first || !(part.energyJoules() > 0) || Double.isInfinite(part.energyJoules())) {
      throw new FieldException(
          "block",
          "from '%s' to '%s' with %s J is none"
              .formatted(part.firstOperator(), part.lastOperator(), part.energyJoules()));
    }
    return new Samples.Block(
        Parts.setting("block.hertz", campaign.grid(), part.hertz()),
        first,
        last,
        part.energyJoules());
  }

  private static int operator(String field, Campaign campaign, String name) {
    for (int i = 0; i < campaign.workload().size(); i++) {
      if (campaign.workload().operators().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new FieldException(field, "('%s') is no operator of the workload".formatted(name));
  }

  /** Returns the first line of a file, its end included. */
  static String header(Campaign campaign) {
    ObjectNode root = Json.MAPPER.createObjectNode().put("schema", SCHEMA);
    root.setAll(
        (ObjectNode)
            Json.tree(
                new Header(
                    campaign.provenance(),
                    campaign.conditions(),
                    campaign.budget(),
                    campaign.mostRepeats(),
                    Parts.domains(campaign.grid()),
                    campaign.workload())));
    return text(root);
  }

  /** Returns the line of one run, its end included. */
  static String line(Campaign campaign, Samples.Run run) {
    int operators = campaign.workload().size();
    return text(
        "run",
        new RunPart(
            Parts.hertz(campaign.grid(), run.setting()),
            Readings.of(operators, run::latencySeconds),
            Readings.of(operators, run::energyJoules),
            run.excluded()));
  }

  /** Returns the line of one block, its end included. */
  static String line(Campaign campaign, Samples.Block block) {
    return text(
        "block",
        new BlockPart(
            Parts.hertz(campaign.grid(), block.setting()),
            campaign.workload().operators().get(block.firstOperator()).name(),
            campaign.workload().operators().get(block.lastOperator()).name(),
            block.joules()));
  }

  /** Returns the line of a calibration, its end included. */
  static String line(Calibration calibration) {
    return text("calibration", Parts.CalibrationPart.of(calibration));
  }

  /** Returns the last line of a finished file. */
  static String footer(int runs) {
    return text("finished", new End(runs));
  }

  private static String text(String field, Record part) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.set(field, Json.tree(part));
    return text(root);
  }

  private static String text(ObjectNode root) {
    try {
      return Json.MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the text of a finished file, for samples that are in memory. */
  public static String write(Campaign campaign, Samples samples) {
    StringBuilder text = new StringBuilder(header(campaign));
    samples.runs().forEach(run -> text.append(line(campaign, run)));
    samples.blocks().forEach(block -> text.append(line(campaign, block)));
    samples.calibration().ifPresent(calibration -> text.append(line(calibration)));
    return text.append(footer(samples.runs().size())).toString();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
