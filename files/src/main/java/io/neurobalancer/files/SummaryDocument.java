package io.neurobalancer.files;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a comparison of governors found, as {@code summary.json}, schema {@code
 * neurobalancer/summary/1}. Energy per job covers the whole period, the same for every governor. A
 * reference that was not run makes what refers to it null.
 *
 * @param command the command line that makes it again
 * @param version of NeuroBalancer
 * @param seed of the weather and the meters
 * @param device the target
 * @param model the workload
 * @param deadlineSeconds after each release
 * @param periodSeconds between releases
 * @param fastestMakespanSeconds the least time in which the predicted job can end
 * @param jobs how many were run under each governor
 * @param weather name of the weather
 * @param predictedLatencySeconds of the planned job, as predicted
 * @param simulatedMedianLatencySeconds of the planned job, median over jobs
 * @param prediction how well the predictor predicts settings that it has not seen
 * @param plan what was planned
 * @param boundJoulesPerJob what no governor that keeps its deadlines goes below; null where nothing
 *     proves one
 * @param governors in the order of the table
 * @param frontier energy of the best plan by deadline
 * @param notes what a reader should know, one sentence each
 */
public record SummaryDocument(
    String command,
    String version,
    long seed,
    Device device,
    Model model,
    double deadlineSeconds,
    double periodSeconds,
    double fastestMakespanSeconds,
    long jobs,
    String weather,
    double predictedLatencySeconds,
    double simulatedMedianLatencySeconds,
    Prediction prediction,
    PlanSummary plan,
    OptionalDouble boundJoulesPerJob,
    List<GovernorSummary> governors,
    List<FrontierPoint> frontier,
    List<String> notes) {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/summary/1";

  private static final JsonFormat<SummaryDocument> FORMAT =
      new JsonFormat<>(
          SummaryDocument.class,
          SCHEMA,
          "summary",
          "make it again with 'neurobalancer compare'",
          16 << 20);

  public SummaryDocument {
    governors = List.copyOf(governors);
    frontier = List.copyOf(frontier);
    notes = List.copyOf(notes);
  }

  /**
   * The target.
   *
   * @param name as on the command line
   * @param hash of its description
   * @param simulated whether no hardware was involved
   * @param threads how many cores the inference used
   */
  public record Device(String name, String hash, boolean simulated, int threads) {}

  /**
   * The workload.
   *
   * @param name for people
   * @param hash of the model and its shapes
   * @param operators how many
   * @param flops of one inference
   * @param weightBytes of its constants
   * @param unknownOperators how many have no FLOP formula
   */
  public record Model(
      String name,
      String hash,
      int operators,
      long flops,
      long weightBytes,
      int unknownOperators) {}

  /**
   * How well the predictor predicts settings that its fit has not seen, mean absolute relative
   * errors; null where there is none.
   *
   * @param measuredSettings how many it was fitted on
   * @param settings how many there are
   * @param runs how many runs were profiled
   * @param heldOutOperatorLatencyError per operator
   * @param heldOutTotalLatencyError of the whole inference
   * @param heldOutOperatorEnergyError per operator
   * @param meanBaselineLatencyError of always predicting the mean
   */
  public record Prediction(
      int measuredSettings,
      int settings,
      int runs,
      OptionalDouble heldOutOperatorLatencyError,
      OptionalDouble heldOutTotalLatencyError,
      OptionalDouble heldOutOperatorEnergyError,
      OptionalDouble meanBaselineLatencyError) {}

  /**
   * A plan and its certificate.
   *
   * @param planner its name
   * @param energyJoules of one period, as predicted
   * @param lowerBoundJoules what no plan of the predicted job can go below; null if none is proven
   * @param gap between the two, as a share of the energy; null with it
   * @param makespanSeconds as predicted
   * @param targetSeconds the makespan that was planned for: the deadline less waking and margin
   * @param segments runs of operators at one setting
   * @param switches per job
   */
  public record PlanSummary(
      String planner,
      double energyJoules,
      OptionalDouble lowerBoundJoules,
      OptionalDouble gap,
      double makespanSeconds,
      double targetSeconds,
      int segments,
      int switches) {}

  /**
   * What one governor did.
   *
   * @param name as everywhere
   * @param note what it is, in a few words
   * @param energyJoulesPerJob over whole periods
   * @param savingVsStock share of the stock governor's energy
   * @param savingVsPerformance share of the performance governor's energy
   * @param missRate share of jobs that ended after their deadline
   * @param medianSlackSeconds deadline less response
   * @param switchesPerJob changes of one domain's clock
   * @param gapToClairvoyant energy above the oracle's, as a share of it
   * @param gapToBound energy above the certified bound, as a share of it
   */
  public record GovernorSummary(
      String name,
      String note,
      double energyJoulesPerJob,
      OptionalDouble savingVsStock,
      OptionalDouble savingVsPerformance,
      double missRate,
      double medianSlackSeconds,
      double switchesPerJob,
      OptionalDouble gapToClairvoyant,
      OptionalDouble gapToBound) {}

  /**
   * The best plan for one deadline.
   *
   * @param deadlineSeconds that deadline
   * @param energyJoules of one chosen period, idle time after the job included
   * @param lowerBoundJoules certified
   */
  public record FrontierPoint(
      double deadlineSeconds, double energyJoules, double lowerBoundJoules) {}

  /** Returns the JSON text; the same summary gives the same bytes. */
  public String toJson() {
    return FORMAT.write(this);
  }

  /**
   * Reads a summary.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if it is missing, cut off or no summary;
   *     the message names file and field
   */
  public static SummaryDocument read(Path file) {
    return FORMAT.read(file);
  }
}
