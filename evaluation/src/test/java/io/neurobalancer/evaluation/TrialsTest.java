package io.neurobalancer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Pilot;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.Targets;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is tried before it is adopted, on a simulated phone. */
final class TrialsTest {

  private static final Target TARGET =
      Targets.open("sim:pixel-4-cpu", List.of(workload()), TargetOptions.DEFAULT);
  private static final Hardware HARDWARE = DeviceFacts.of(TARGET).hardware();
  private static final PreparedJob JOB = prepared();

  private static Workload workload() {
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean heavy = i % 2 == 0;
      List<TensorShape> shape = List.of(TensorShape.of(1, 64, 56, 56));
      operators.add(
          new Operator(
              "op" + i,
              heavy ? "Conv" : "Add",
              heavy ? OperatorKind.CONVOLUTION : OperatorKind.ELEMENTWISE,
              heavy ? 120_000_000 : 200_704,
              heavy ? 150_000 : 40_000_000,
              802_816,
              802_816,
              shape,
              List.of(),
              shape,
              DataType.FLOAT32));
    }
    return new Workload("eight", "e".repeat(64), operators);
  }

  private static PreparedJob prepared() {
    MeasuredPredictor predictor =
        MeasuredPredictor.fit(NeuroBalancer.profile(TARGET, Budget.settings(12)));
    double fastest = NeuroBalancer.fastestSeconds(predictor.predict(workload()));
    return PreparedJob.of(TARGET, predictor, Deadline.of(1.6 * fastest));
  }

  private static Governor.Factory stock() {
    return Baselines.create(GovernorSpec.of("stock"), HARDWARE, Training.none()).factory();
  }

  private static int[] changes(Governor.Factory governor) {
    int[] changes = new int[TARGET.grid().dimensions()];
    TARGET.run(
        governor,
        JOB.schedule(50, 100),
        new RunObserver() {
          @Override
          public void clock(int domain, int opp, double seconds) {
            changes[domain]++;
          }
        });
    return changes;
  }

  @Test
  void aClockThatIsHeld_neverMoves_whileStockSetsTheOther() {
    int core = HARDWARE.coreDomain();
    int memory = HARDWARE.memoryDomain();
    Trials trials = new Trials(JOB, HARDWARE, 100, Optional.of(stock()));
    Pilot coreOnly = trials.held(FrequencyDomain.Kind.CORE).orElseThrow();
    int[] held = changes(coreOnly.adopted().governor());
    // Once, to where it is held.
    assertThat(held[core]).isLessThanOrEqualTo(1);
    assertThat(held[memory]).isGreaterThan(1);
    Pilot memoryOnly = trials.held(FrequencyDomain.Kind.MEMORY).orElseThrow();
    held = changes(memoryOnly.adopted().governor());
    assertThat(held[memory]).isLessThanOrEqualTo(1);
    assertThat(held[core]).isGreaterThan(1);
  }

  @Test
  void theClockThatIsHeld_isTheBestOfAllThatKeepTheDeadline() {
    Trials trials = new Trials(JOB, HARDWARE, 100, Optional.of(stock()));
    Pilot pilot = trials.held(FrequencyDomain.Kind.CORE).orElseThrow();
    assertThat(pilot.results())
        .hasSize(TARGET.grid().domains().get(HARDWARE.coreDomain()).opps().size());
    double adopted = pilot.results().get(pilot.winner()).run().energyJoulesPerJob();
    assertThat(pilot.results())
        .filteredOn(result -> result.run().missRate() <= 0.001)
        .isNotEmpty()
        .allSatisfy(
            result ->
                assertThat(result.run().energyJoulesPerJob()).isGreaterThanOrEqualTo(adopted));
  }

  @Test
  void ourPilot_neverAdoptsWhatBurnsMoreThanStock() {
    Pilot pilot = new Trials(JOB, HARDWARE, 100, Optional.of(stock())).pilot();
    Pilot.Result stock = pilot.results().get(pilot.results().size() - 1);
    assertThat(stock.candidate().name()).isEqualTo("stock");
    assertThat(pilot.results().get(pilot.winner()).run().energyJoulesPerJob())
        .isLessThanOrEqualTo(stock.run().energyJoulesPerJob());
  }

  @Test
  void withoutAStockGovernor_noClockIsHeldBesideIt() {
    assertThat(new Trials(JOB, HARDWARE, 100, Optional.empty()).held(FrequencyDomain.Kind.CORE))
        .isEmpty();
  }

  @Test
  void governorsSettle_forThreeSeconds_butNoLessThanThirtyJobs() {
    assertThat(Comparison.settling(0.05)).isEqualTo(60);
    assertThat(Comparison.settling(1)).isEqualTo(30);
    assertThat(Comparison.settling(0.001)).isEqualTo(300);
  }

  @Test
  void aPlannerThatLooksAtClasses_isGivenThoseOfTheModel() {
    Plan plan = JOB.plan("class-greedy").plan();
    assertThat(plan.note()).isEmpty();
    assertThat(plan.problem().classes())
        .startsWith("convolution", "elementwise", "convolution")
        .hasSize(JOB.workload().size());
  }

  @Test
  void whereWhatIsThereIsAboutAsGood_theTrialIsLonger_andItStays() {
    assertThat(jobsTried(stock())).isEqualTo(100);
    Governor.Factory equal = PlanGovernor.of(JOB.job().plan(), JOB.job().idleSetting());
    Pilot close = new Trials(JOB, HARDWARE, 100, Optional.of(equal)).pilot();
    assertThat(close.results()).allSatisfy(r -> assertThat(r.run().jobs()).isEqualTo(500));
    assertThat(close.adopted().name()).isEqualTo("stock");
  }

  private static long jobsTried(Governor.Factory there) {
    return new Trials(JOB, HARDWARE, 100, Optional.of(there)).pilot().results().get(0).run().jobs();
  }
}
