package io.neurobalancer.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A plan as a file, schema {@code neurobalancer/plan/1}: which clocks each operator gets, why, and
 * how good the whole is proven to be.
 *
 * @param command the command line that made it
 * @param version of NeuroBalancer
 * @param seed of the measurements behind it
 * @param device that it is for
 * @param model that it is for
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
 * @param idleHertz the clocks to rest at between jobs, one per domain; empty if it is not known
 * @param operators in execution order
 * @param segments runs of operators at one setting, in order
 * @param feedback what a governor with feedback reads; empty in plans of old versions
 */
public record PlanDocument(
    String command,
    String version,
    long seed,
    Subject device,
    Subject model,
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
    Optional<List<Long>> idleHertz,
    List<Entry> operators,
    List<SegmentEntry> segments,
    Optional<FeedbackTable> feedback) {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/plan/1";

  private static final JsonFormat<PlanDocument> FORMAT =
      new JsonFormat<>(
          PlanDocument.class,
          SCHEMA,
          "plan file",
          "make it again with 'neurobalancer plan'",
          64 << 20);

  public PlanDocument {
    Check.text("planner", planner);
    Check.notNegative("deadlineSeconds", deadlineSeconds);
    Check.notNegative("targetSeconds", targetSeconds);
    Check.notNegative("periodSeconds", periodSeconds);
    Check.notNegative("makespanSeconds", makespanSeconds);
    Check.finite("energyJoules", energyJoules);
    domains = Check.filled("domains", domains);
    int clocks = domains.size();
    idleHertz.ifPresent(hertz -> clocks("idleHertz", hertz, clocks));
    operators = Check.filled("operators", operators);
    for (int i = 0; i < operators.size(); i++) {
      clocks("operators[%d].hertz".formatted(i), operators.get(i).hertz(), clocks);
      clocks("operators[%d].runnerUpHertz".formatted(i), operators.get(i).runnerUpHertz(), clocks);
    }
    segments = List.copyOf(segments);
    for (int s = 0; s < segments.size(); s++) {
      clocks("segments[%d].hertz".formatted(s), segments.get(s).hertz(), clocks);
      clocks(
          "segments[%d].substituteHertz".formatted(s), segments.get(s).substituteHertz(), clocks);
    }
  }

  private static void clocks(String field, List<Long> hertz, int domains) {
    if (hertz.size() != domains || hertz.stream().anyMatch(clock -> clock <= 0)) {
      throw new FieldException(
          field, "must be %d positive clocks in hertz, one per domain".formatted(domains));
    }
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
        device,
        model,
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
        idleHertz,
        some,
        segments,
        feedback);
  }

  /** Returns the JSON text. */
  public String toJson() {
    return FORMAT.write(this);
  }

  /**
   * Reads a plan file.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if it is missing, cut off or no plan; the
   *     message names file and field
   */
  public static PlanDocument read(Path file) {
    return FORMAT.read(file);
  }
}
