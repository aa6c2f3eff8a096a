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
import java.util.Optional;
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
  void aFullProcessor_withSegments_isAdmitted_withoutLookingAtEveryDeadlineThereIs() {
    // Sixteen streams fill every half second; of their segments is only known that they take no
    // more than a second. At full load that is never made up for, so millions of deadlines lie
    // where it would matter if anything were blocked.
    List<DemandBound.Task> tasks = new ArrayList<>();
    for (int s = 0; s < 16; s++) {
      tasks.add(task("t" + s, 0.5, 0.5, 1.0 / 32, 1));
    }
    assertThat(DemandBound.check(tasks)).isEmpty();
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

  @Test
  void anOverload_isBlamedOnTheHeaviestStream_whereverItStands() {
    // Loads of 1/4, 3/4 and 1/2: in the 8 s of the heaviest 12 s of work come in.
    List<DemandBound.Task> tasks =
        List.of(task("light", 4, 4, 1, 1), task("heavy", 8, 8, 6, 1), task("half", 2, 2, 1, 1));
    for (int shift = 0; shift < 3; shift++) {
      List<DemandBound.Task> turned = new ArrayList<>(tasks);
      Collections.rotate(turned, shift);
      DemandBound.Violation over = DemandBound.check(turned).orElseThrow();
      assertThat(over.load()).isEqualTo(1.5);
      assertThat(over.task().name()).isEqualTo("heavy");
      assertThat(over.seconds()).isEqualTo(8);
      assertThat(over.demandSeconds()).isEqualTo(12);
    }
    assertThat(DemandBound.check(List.of())).isEmpty();
  }

  @Test
  void theLastJobDueWithinALength_isCounted_howeverManyCameBefore() {
    // Within 3000 s 3000 jobs of 0.5 s and one of 1500.25 s are due: 3000.25 s.
    DemandBound.Violation late =
        DemandBound.check(
                List.of(task("rare", 4000, 3000, 1500.25, 0), task("often", 1, 1, 0.5, 0)))
            .orElseThrow();
    assertThat(late.task().name()).isEqualTo("rare");
    assertThat(late.seconds()).isEqualTo(3000);
    assertThat(late.demandSeconds()).isEqualTo(3000.25);
    // 0.4 s less 0.1 s is a hair less than three periods of 0.1 s, and holds the fourth job all the
    // same: four of 0.05 s and one of 0.21 s.
    DemandBound.Violation tenths =
        DemandBound.check(List.of(task("rare", 1, 0.4, 0.21, 0), task("often", 0.1, 0.1, 0.05, 0)))
            .orElseThrow();
    assertThat(tenths.seconds()).isEqualTo(0.4);
    assertThat(tenths.demandSeconds()).isCloseTo(0.41, within(1e-12));
  }

  /** Counts, second by second and job by job, what is due once something is. */
  private static int firstOverrun(List<DemandBound.Task> tasks, int seconds) {
    int first =
        (int) tasks.stream().mapToDouble(DemandBound.Task::deadlineSeconds).min().orElseThrow();
    for (int t = first; t <= seconds; t++) {
      if (due(tasks, t) > t) {
        return t;
      }
    }
    return -1;
  }

  private static int due(List<DemandBound.Task> tasks, int seconds) {
    int sum = 0;
    int blocking = 0;
    for (DemandBound.Task task : tasks) {
      if (task.deadlineSeconds() > seconds) {
        blocking = Math.max(blocking, (int) task.segmentSeconds());
      }
      for (int released = 0; released < seconds; released += (int) task.periodSeconds()) {
        if (released + task.deadlineSeconds() <= seconds) {
          sum += (int) task.demandSeconds();
        }
      }
    }
    return sum + blocking;
  }

  @Test
  void theFirstLengthInWhichTooMuchIsDue_isThatOfCountingEverySecond() {
    Random random = new Random(3);
    int late = 0;
    int lateSecondJobs = 0;
    int kept = 0;
    for (int round = 0; round < 1000; round++) {
      List<DemandBound.Task> tasks = new ArrayList<>();
      double load = 0;
      for (int s = 0; s < 2 + round % 2; s++) {
        int period = 3 + random.nextInt(10);
        int deadline = Math.max(2, period - random.nextInt(4));
        int demand = 1 + random.nextInt(period / 2);
        tasks.add(task("t" + s, period, deadline, demand, 1 + random.nextInt(demand)));
        load += (double) demand / period;
      }
      if (load > 0.95) {
        continue;
      }
      // After this long a load of 95 % has made up for early deadlines and a segment.
      int expected = firstOverrun(tasks, 400);
      Optional<DemandBound.Violation> found = DemandBound.check(tasks);
      assertThat(found.isPresent()).as("%s", tasks).isEqualTo(expected > 0);
      if (found.isEmpty()) {
        kept++;
        continue;
      }
      late++;
      DemandBound.Violation violation = found.get();
      assertThat(violation.seconds()).as("%s", tasks).isEqualTo(expected);
      assertThat(violation.demandSeconds()).isEqualTo(due(tasks, expected));
      assertThat(violation.load()).isCloseTo(load, within(1e-12));
      // It is a deadline of the stream that is named.
      double since = expected - violation.task().deadlineSeconds();
      assertThat(since % violation.task().periodSeconds()).isZero();
      lateSecondJobs += since > 0 ? 1 : 0;
    }
    assertThat(late).isGreaterThan(50);
    assertThat(lateSecondJobs).isPositive();
    assertThat(kept).isGreaterThan(50);
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
