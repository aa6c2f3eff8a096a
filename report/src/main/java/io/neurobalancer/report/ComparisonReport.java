package io.neurobalancer.report;

import io.neurobalancer.files.SummaryDocument;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Everything that a comparison of governors found, ready to be written. All values are what was run
 * and under which conditions; nothing is computed from here on.
 *
 * @param command the command line that makes this report again
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
 * @param simulatedLatencySeconds of the planned job, median over jobs
 * @param fit how well the predictor predicts settings that it has not seen
 * @param plan what was planned
 * @param boundJoules per job, what no governor that keeps its deadlines goes below in this weather;
 *     NaN where nothing proves one
 * @param governors in the order of the table
 * @param frontier energy of the best plan by deadline
 * @param timelines one job under some of the governors
 * @param notes what a reader should know, one sentence each
 */
public record ComparisonReport(
    String command,
    String version,
    long seed,
    Device device,
    Model model,
    double deadlineSeconds,
    double periodSeconds,
    double fastestMakespanSeconds,
    int jobs,
    String weather,
    double predictedLatencySeconds,
    double simulatedLatencySeconds,
    Fit fit,
    PlanSummary plan,
    double boundJoules,
    List<GovernorResult> governors,
    List<FrontierPoint> frontier,
    List<Timeline> timelines,
    List<String> notes) {

  public ComparisonReport {
    governors = List.copyOf(governors);
    frontier = List.copyOf(frontier);
    timelines = List.copyOf(timelines);
    notes = List.copyOf(notes);
  }

  /** Returns what is kept of this as {@code summary.json}. */
  public SummaryDocument summary() {
    return new SummaryDocument(
        command,
        version,
        seed,
        new SummaryDocument.Device(
            device.name(), device.hash(), device.simulated(), device.threads()),
        new SummaryDocument.Model(
            model.name(),
            model.hash(),
            model.operators(),
            model.flops(),
            model.weightBytes(),
            model.unknownOperators()),
        deadlineSeconds,
        periodSeconds,
        fastestMakespanSeconds,
        jobs,
        weather,
        predictedLatencySeconds,
        simulatedLatencySeconds,
        new SummaryDocument.Prediction(
            fit.measuredSettings(),
            fit.settings(),
            fit.runs(),
            known(fit.operatorLatencyError()),
            known(fit.totalLatencyError()),
            known(fit.operatorEnergyError()),
            known(fit.dumbLatencyError())),
        new SummaryDocument.PlanSummary(
            plan.planner(),
            plan.energyJoules(),
            known(plan.lowerBoundJoules()),
            known(plan.gap()),
            plan.makespanSeconds(),
            plan.targetSeconds(),
            plan.segments().size(),
            plan.switches()),
        known(boundJoules),
        governors.stream()
            .map(
                one ->
                    new SummaryDocument.GovernorSummary(
                        one.name(),
                        one.note(),
                        one.energyJoulesPerJob(),
                        one.savingVsStock(),
                        one.savingVsPerformance(),
                        one.missRate(),
                        one.medianSlackSeconds(),
                        one.switchesPerJob(),
                        one.gapToClairvoyant(),
                        one.gapToBound()))
            .toList(),
        frontier.stream()
            .map(
                point ->
                    new SummaryDocument.FrontierPoint(
                        point.deadlineSeconds(), point.energyJoules(), point.lowerBoundJoules()))
            .toList(),
        notes);
  }

  private static OptionalDouble known(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  /**
   * The target.
   *
   * @param name as on the command line
   * @param title for people
   * @param hash of its profile
   * @param simulated whether no hardware was involved
   * @param domains names of its frequency domains
   * @param threads how many cores the inference used
   */
  public record Device(
      String name,
      String title,
      String hash,
      boolean simulated,
      List<String> domains,
      int threads) {
    public Device {
      domains = List.copyOf(domains);
    }
  }

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
   * errors.
   *
   * @param measuredSettings how many it was fitted on
   * @param settings how many there are
   * @param runs how many runs were profiled
   * @param operatorLatencyError per operator
   * @param totalLatencyError of the whole inference
   * @param operatorEnergyError per operator
   * @param dumbLatencyError of always predicting the mean
   */
  public record Fit(
      int measuredSettings,
      int settings,
      int runs,
      double operatorLatencyError,
      double totalLatencyError,
      double operatorEnergyError,
      double dumbLatencyError) {}

  /**
   * A plan and its certificate.
   *
   * @param planner its name
   * @param energyJoules of one period, as predicted
   * @param lowerBoundJoules what no plan of the predicted job can go below
   * @param gap between the two, as a share of the energy
   * @param makespanSeconds as predicted
   * @param targetSeconds the makespan that was planned for: the deadline less waking and margin
   * @param switches per job
   * @param segments in order
   * @param operators in order
   */
  public record PlanSummary(
      String planner,
      double energyJoules,
      double lowerBoundJoules,
      double gap,
      double makespanSeconds,
      double targetSeconds,
      int switches,
      List<SegmentRow> segments,
      List<OperatorRow> operators) {
    public PlanSummary {
      operators = List.copyOf(operators);
      segments = List.copyOf(segments);
    }
  }

  /**
   * Consecutive operators at one setting.
   *
   * @param firstOperator its name
   * @param lastOperator its name
   * @param operators how many
   * @param clocks of each domain
   * @param latencySeconds together
   * @param energyJoules together
   */
  public record SegmentRow(
      String firstOperator,
      String lastOperator,
      int operators,
      List<String> clocks,
      double latencySeconds,
      double energyJoules) {
    public SegmentRow {
      clocks = List.copyOf(clocks);
    }
  }

  /**
   * What one governor did.
   *
   * @param name as everywhere
   * @param note what it is, in a few words
   * @param energyJoulesPerJob over whole periods
   * @param savingVsStock share of the stock governor's energy; empty if that was not run
   * @param savingVsPerformance share of the performance governor's energy; empty if that was not
   *     run
   * @param missRate share of jobs that ended after their deadline
   * @param medianSlackSeconds deadline less response
   * @param switchesPerJob changes of one domain's clock
   * @param gapToClairvoyant energy above the oracle's, as a share of it; empty if that was not run
   * @param gapToBound energy above the certified bound, as a share of it; empty if there is none
   * @param joulesByPart the energy of one job by the part of the device that burned it, where that
   *     is known
   * @param responses the times within which growing shares of the jobs ended
   */
  public record GovernorResult(
      String name,
      String note,
      double energyJoulesPerJob,
      OptionalDouble savingVsStock,
      OptionalDouble savingVsPerformance,
      double missRate,
      double medianSlackSeconds,
      double switchesPerJob,
      OptionalDouble gapToClairvoyant,
      OptionalDouble gapToBound,
      Map<String, Double> joulesByPart,
      List<Share> responses) {
    public GovernorResult {
      joulesByPart = Collections.unmodifiableMap(new LinkedHashMap<>(joulesByPart));
      responses = List.copyOf(responses);
    }
  }

  /**
   * A quantile of the times from release to end.
   *
   * @param share of the jobs, 0 to 1
   * @param seconds within which they ended
   */
  public record Share(double share, double seconds) {}

  /**
   * One operator of the plan, as predicted.
   *
   * @param name its name
   * @param kind its kind, in lower case
   * @param clocks of each domain
   * @param bound what its latency follows
   * @param latencySeconds at these clocks
   * @param energyJoules of the device meanwhile
   * @param slackTakenSeconds by how much it is slower than at its fastest
   */
  public record OperatorRow(
      String name,
      String kind,
      List<String> clocks,
      String bound,
      double latencySeconds,
      double energyJoules,
      double slackTakenSeconds) {
    public OperatorRow {
      clocks = List.copyOf(clocks);
    }
  }

  /**
   * The best plan for one deadline.
   *
   * @param deadlineSeconds that deadline
   * @param averageWatts energy of a period over the chosen period's length
   * @param energyJoules of one chosen period, idle time after the job included
   * @param lowerBoundJoules certified
   */
  public record FrontierPoint(
      double deadlineSeconds, double averageWatts, double energyJoules, double lowerBoundJoules) {}

  /**
   * One job under one governor. Times are seconds since its release.
   *
   * @param governor its name
   * @param endSeconds when the job ended
   * @param steps the clocks from each moment on, in megahertz, one per domain
   * @param operators which ran when; empty where it is not drawn
   */
  public record Timeline(
      String governor, double endSeconds, List<Step> steps, List<Ran> operators) {
    public Timeline {
      steps = List.copyOf(steps);
      operators = List.copyOf(operators);
    }
  }

  /**
   * From a moment on the device runs at these clocks.
   *
   * @param seconds since the release
   * @param megahertz one per domain
   */
  public record Step(double seconds, List<Double> megahertz) {
    public Step {
      megahertz = List.copyOf(megahertz);
    }
  }

  /**
   * When an operator ran.
   *
   * @param name of the operator
   * @param kind of the operator, in lower case
   * @param startSeconds since the release
   * @param endSeconds since the release
   */
  public record Ran(String name, String kind, double startSeconds, double endSeconds) {}
}
