package io.neurobalancer.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PilotTest {

  private static final Schedule SCHEDULE = Schedule.of(1, 1, 10);

  /** Hands out what runs are said to have used, in the order in which they are asked for. */
  private static final class Scripted implements Target {
    private final Deque<RunResult> script = new ArrayDeque<>();

    Scripted then(double joulesPerJob, int late) {
      LatencyHistogram responses = new LatencyHistogram(1);
      for (int j = 0; j < 10; j++) {
        responses.add(j < late ? 2 : 0.5);
      }
      script.add(new RunResult(List.of(responses), joulesPerJob * 10, Map.of(), 0, List.of()));
      return this;
    }

    @Override
    public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
      return script.removeFirst();
    }

    @Override
    public DeviceIdentity identity() {
      throw new AssertionError();
    }

    @Override
    public SettingGrid grid() {
      throw new AssertionError();
    }

    @Override
    public List<Stream> streams() {
      throw new AssertionError();
    }

    @Override
    public Samples.Run measure(int stream, int setting) {
      throw new AssertionError();
    }

    @Override
    public Calibration calibrate() {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }

  private static String winner(Scripted target, String... names) {
    List<Pilot.Candidate> candidates = new ArrayList<>();
    for (String name : names) {
      candidates.add(new Pilot.Candidate(name, (board, now) -> new Governor() {}));
    }
    return Pilot.run(target, candidates, SCHEDULE, 0.1).adopted().name();
  }

  @Test
  void theCheapest_thatKeepsTheDeadlines_wins() {
    assertThat(winner(new Scripted().then(3, 0).then(2, 1).then(1, 2), "plan", "pair", "stock"))
        .isEqualTo("pair");
  }

  @Test
  void aPlanThatBurnsMoreThanStock_isNotAdopted() {
    assertThat(winner(new Scripted().then(3.01, 0).then(3, 0), "plan", "stock")).isEqualTo("stock");
  }

  @Test
  void ofEquals_thePreferredOneWins() {
    assertThat(winner(new Scripted().then(3, 0).then(3, 0), "plan", "stock")).isEqualTo("plan");
  }

  @Test
  void whereNobodyKeepsTheDeadlines_theOneThatMissesFewestWins_howeverDear() {
    assertThat(winner(new Scripted().then(1, 5).then(9, 3).then(2, 4), "plan", "pair", "stock"))
        .isEqualTo("pair");
  }

  @Test
  void theFirst_isPreferred_whereItHoldsAndCostsHardlyMore() {
    assertThat(preferred(new Scripted().then(3.02, 0).then(3, 0))).isEqualTo("feedback");
    assertThat(preferred(new Scripted().then(3.04, 0).then(3, 0))).isEqualTo("plan");
    assertThat(preferred(new Scripted().then(2, 3).then(3, 0))).isEqualTo("plan");
  }

  @Test
  void whatIsThereAlready_canBePreferredToo() {
    List<Pilot.Candidate> candidates = new ArrayList<>();
    for (String name : List.of("plan", "stock")) {
      candidates.add(new Pilot.Candidate(name, (board, now) -> new Governor() {}));
    }
    for (double stock : new double[] {3.01, 3.02}) {
      Scripted target = new Scripted().then(3, 0).then(stock, 0);
      Pilot pilot = Pilot.run(target, candidates, SCHEDULE, 0.1).preferring(1, 0.005, 0.1);
      assertThat(pilot.adopted().name()).isEqualTo(stock < 3.015 ? "stock" : "plan");
    }
  }

  private static String preferred(Scripted target) {
    List<Pilot.Candidate> candidates = new ArrayList<>();
    for (String name : List.of("feedback", "plan")) {
      candidates.add(new Pilot.Candidate(name, (board, now) -> new Governor() {}));
    }
    return Pilot.run(target, candidates, SCHEDULE, 0.1).preferring(0, 0.01, 0.1).adopted().name();
  }
}
