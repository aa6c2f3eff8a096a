package io.neurobalancer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.plan.ExactPlanner;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Medium problems, too large to enumerate, against solvers that share nothing with ours. */
final class SolversTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3})
  void exactPlans_costWhatGeneralSolversFind(long seed) {
    Start entry = seed % 2 == 0 ? Start.from(5) : Start.free();
    PlanningProblem problem = Instances.problem(Instances.grid(5, 3), 14, entry, seed);
    Plan exact = new ExactPlanner().plan(problem);
    assertThat(exact.planner()).isEqualTo("exact");
    Solvers.Outcome cpSat = Solvers.cpSat(problem, 0, 120, 1);
    assertThat(cpSat.status()).isEqualTo("OPTIMAL");
    // CP-SAT counts in parts of 1e-12, latencies rounded up.
    assertThat(exact.energyJoules() / cpSat.energyJoules()).isCloseTo(1, within(1e-6));
    Solvers.Outcome mip = Solvers.mip(problem, 1e-9, 120);
    assertThat(exact.energyJoules() / mip.energyJoules()).isCloseTo(1, within(1e-6));
    Plan plan = new LagrangianPlanner().plan(problem);
    assertThat(plan.lowerBoundJoules()).isLessThanOrEqualTo(cpSat.energyJoules() * (1 + 1e-6));
  }
}
