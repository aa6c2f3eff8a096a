package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DemandBoundTest {

  private static DemandBound.Task task(
      String name, double period, double deadline, double demand, double segment) {
    return new DemandBound.Task(name, period, deadline, demand, segment);
  }

  @Test
  void aFullProcessor_withoutBlocking_isAdmitted_andALittleMoreIsNot() {
    List<DemandBound.Task> full = List.of(task("a", 4, 4, 2, 0), task("b", 6, 6, 3, 0));
    assertThat(DemandBound.check(full)).isEmpty();
    DemandBound.Violation over =
        DemandBound.check(List.of(task("a", 4, 4, 2, 0), task("b", 6, 6, 3.01, 0))).orElseThrow();
    assertThat(over.load()).isCloseTo(0.5 + 3.01 / 6, within(1e-12));
    assertThat(over.toString()).contains("100.2 %");
  }

  @Test
  void aLongSegmentOfAnotherStream_mayBlockAShortDeadline() {
    // The short job has a second to spare; a segment of the long one takes two.
    List<DemandBound.Task> tasks =
        List.of(task("short", 10, 3, 2, 0.5), task("long", 100, 100, 10, 2));
    DemandBound.Violation blocked = DemandBound.check(tasks).orElseThrow();
    assertThat(blocked.task().name()).isEqualTo("short");
    assertThat(blocked.seconds()).isEqualTo(3);
    assertThat(blocked.demandSeconds()).isEqualTo(4);
    assertThat(
            DemandBound.check(List.of(task("short", 10, 3, 2, 0.5), task("long", 100, 100, 10, 1))))
        .isEmpty();
  }

  /** Whatever is admitted keeps every deadline when it is run, from the worst start onwards. */
  @Test
  void whatIsAdmitted_isNeverLateInAnEventSimulation() {
    Random random = new Random(11);
    int admitted = 0;
    int refusedAndLate = 0;
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      List<DemandBound.Task> tasks = new ArrayList<>();
      int[] segments = new int[2 + random.nextInt(2)];
      for (int s = 0; s < segments.length; s++) {
        segments[s] = 1 + random.nextInt(5);
        double period = 5 + random.nextInt(20);
        double deadline = period * (0.5 + 0.5 * random.nextDouble());
        double demand = period * (0.1 + 0.4 * random.nextDouble());
        tasks.add(task("t" + s, period, deadline, demand, demand / segments[s]));
      }
      boolean late = false;
      for (int start = 0; start < 20; start++) {
        late |=
            late(tasks, segments, start == 0 ? new double[3] : random.doubles(3, 0, 5).toArray());
      }
      if (DemandBound.check(tasks).isEmpty()) {
        admitted++;
        assertThat(late).as("%s", tasks).isFalse();
      } else {
        refused++;
        refusedAndLate += late ? 1 : 0;
      }
    }
    assertThat(admitted).isGreaterThan(50);
    // The test is sufficient only, but not far from necessary.
    assertThat(refusedAndLate).isGreaterThan(refused / 2);
  }

  /** Runs the earliest deadline first, segment by segment, and returns whether a job was late. */
  private static boolean late(List<DemandBound.Task> tasks, int[] segments, double[] offset) {
    double now = 0;
    int n = tasks.size();
    int[] job = new int[n];
    int[] segment = new int[n];
    while (now < 600) {
      int next = -1;
      double earliest = Double.POSITIVE_INFINITY;
      double release = Double.POSITIVE_INFINITY;
      for (int s = 0; s < n; s++) {
        double released = offset[s] + job[s] * tasks.get(s).periodSeconds();
        double due = released + tasks.get(s).deadlineSeconds();
        if (released <= now + 1e-12 && due < earliest) {
          next = s;
          earliest = due;
        }
        release = Math.min(release, released);
      }
      if (next < 0) {
        now = release;
        continue;
      }
      now += tasks.get(next).segmentSeconds();
      segment[next]++;
      if (segment[next] == segments[next]) {
        if (now > earliest + 1e-9) {
          return true;
        }
        segment[next] = 0;
        job[next]++;
      }
    }
    return false;
  }

  private static JointPlanner.Request request(String name, double period) {
    SettingGrid grid = Problems.grid(5);
    double[] seconds = new double[4 * 5];
    double[] joules = new double[seconds.length];
    for (int j = 0; j < seconds.length; j++) {
      double clock = 0.2 * (j % 5 + 1);
      seconds[j] = 1 / clock;
      joules[j] = clock * clock + 0.05 * seconds[j];
    }
    return new JointPlanner.Request(
        name,
        Problems.costs(grid, seconds, joules),
        new Calibration(
            SwitchCosts.free(1),
            List.of(0.0),
            List.of(new IdleState("idle", 0, 0, 0)),
            List.of(Collections.nCopies(5, 0.0)),
            Map.of()),
        new Deadline(period, period, 1));
  }

  @Test
  void streamsThatDisturbNobody_keepTheirOwnPlans_andTimeIsFree() {
    JointPlanner.Joint joint = JointPlanner.plan(List.of(request("a", 100), request("b", 120)));
    assertThat(joint.priceWatts()).isZero();
    assertThat(joint.load()).isLessThan(0.6);
  }

  @Test
  void streamsThatShareALoadedDevice_payTheSamePriceOfTime_andAreAdmitted() {
    List<JointPlanner.Request> requests = List.of(request("a", 14), request("b", 28));
    JointPlanner.Joint joint = JointPlanner.plan(requests);
    assertThat(joint.priceWatts()).isPositive();
    assertThat(joint.load()).isBetween(0.65, 1.0);
    double[] energies =
        joint.jobs().stream().mapToDouble(job -> job.plan().energyJoules()).toArray();
    // Alone, each would take its whole period at lower clocks.
    for (int s = 0; s < 2; s++) {
      JobPlan alone =
          JobPlanner.plan(
              requests.get(s).costs(),
              requests.get(s).calibration(),
              requests.get(s).deadline(),
              new LagrangianPlanner());
      assertThat(energies[s]).isGreaterThan(alone.plan().energyJoules());
    }
    assertThat(Arrays.stream(energies).sum()).isPositive();
  }

  @Test
  void streamsThatCannotBeScheduled_areRefusedByName() {
    assertThatThrownBy(() -> JointPlanner.plan(List.of(request("a", 6), request("b", 7))))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("stream 'a'")
        .hasMessageContaining("load of all streams is 12");
    assertThatThrownBy(() -> JointPlanner.plan(List.of(request("tiny", 3))))
        .hasMessageContaining("Stream 'tiny' cannot run even alone");
  }
}
