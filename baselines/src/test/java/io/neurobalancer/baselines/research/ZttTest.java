package io.neurobalancer.baselines.research;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ZttTest {

  private static final OppTable CORE =
      FakeBoard.megahertz(300, 600, 800, 900, 1_000, 1_200, 1_400, 1_600, 1_800, 2_000, 2_400);
  private static final Hardware HARDWARE =
      Machines.of(CORE, FakeBoard.megahertz(300, 547, 1_017, 1_804), 4);

  private final FakeBoard board = FakeBoard.of(CORE, FakeBoard.megahertz(300, 547, 1_017, 1_804));

  private static Governor.Factory ztt(long seed) {
    return (board, now) ->
        new ZttGovernor(GovernorSpec.of("ztt"), HARDWARE, 0.05, new ZttAgent(seed), board, now);
  }

  /**
   * Target 20 frames per second (50 ms), beta 2. On time at 2 W (20 units): 1 + 2/20 = 1.1. At 10
   * frames per second: exp(0.1 * (10 - 20)) = 0.3679, plus 0.1. At 67 degrees, reached from the 40
   * it was told at first: 1.1 + 2 * (65 - 67) - 2 = -4.9.
   */
  @Test
  void reward_isTimelyFrugalAndCool() {
    board.celsius = 40;
    ZttGovernor governor = (ZttGovernor) ztt(1).on(board, 0);
    assertThat(governor.reward(20, 50, 20)).isCloseTo(1.1, within(1e-12));
    assertThat(governor.reward(20, 50, 10)).isCloseTo(0.46788, within(1e-5));
    assertThat(governor.reward(20, 67, 20)).isCloseTo(-4.9, within(1e-12));
  }

  /**
   * Jobs of 10 ms every 100 ms: one decision per second, the first at the end of the job that ends
   * after it. Before it has learned anything it explores, which the seed decides.
   */
  @Test
  void decidesOncePerSecond_whenAJobEnds() {
    board.celsius = 40;
    Timeline timeline = new Timeline(board, ztt(1));
    for (int job = 0; job < 40; job++) {
      timeline.workUntil(job * 100 + 10).sleepUntil(job * 100 + 100);
    }
    assertThat(board.log.get(0)).isEqualTo("0 us cpu 2400MHz");
    assertThat(board.log.size()).isGreaterThan(1);
    assertThat(board.log.subList(1, board.log.size()))
        .allMatch(line -> line.matches("(1010000|2010000|3010000) us cpu .*"));
  }

  /** At the limit of 65 degrees no clock above the present one is ever asked for. */
  @Test
  void atTheTemperatureLimit_itOnlySlowsDown() {
    board.celsius = 65;
    Timeline timeline = new Timeline(board, ztt(3));
    int before = CORE.size() - 1;
    for (int job = 0; job < 100; job++) {
      timeline.workUntil(job * 100 + 10).sleepUntil(job * 100 + 100);
      assertThat(board.requested(0)).isLessThanOrEqualTo(before);
      before = board.requested(0);
    }
    assertThat(before).isZero();
  }

  /** Action 6 earns 1, all others 0; after 500 samples the network prefers it. */
  @Test
  void agent_learnsWhatPays() {
    ZttAgent agent = new ZttAgent(7);
    double[] state = {8, 4, 20, 0, 45, 45, 20};
    for (int sample = 0; sample < 500; sample++) {
      int action = sample % ZttAgent.ACTIONS;
      agent.observe(state, action, action == 6 ? 1 : 0);
    }
    assertThat(agent.trainings()).isEqualTo(351); // from the 150th sample on
    assertThat(agent.act(state)).isEqualTo(6);
  }

  /** What a run teaches its agent must not reach the next run of the same factory. */
  @Test
  void aCopiedAgent_goesOnAlike_andLeavesTheFirstAlone() {
    ZttAgent agent = new ZttAgent(7);
    double[] state = {8, 4, 20, 0, 45, 45, 20};
    for (int sample = 0; sample < 200; sample++) {
      agent.observe(state, sample % ZttAgent.ACTIONS, sample % 2);
    }
    ZttAgent first = agent.copy();
    ZttAgent second = agent.copy();
    for (int sample = 0; sample < 50; sample++) {
      assertThat(first.act(state)).isEqualTo(second.act(state));
      assertThat(first.draw(0, 100)).isEqualTo(second.draw(0, 100));
      first.observe(state, 1, 5);
      second.observe(state, 1, 5);
    }
    assertThat(agent.trainings()).isEqualTo(51);
    assertThat(first.trainings()).isEqualTo(101);
  }

  /**
   * With the first moment's and second moment's corrections, Adam's first step is the rate times
   * the gradient's sign: an output bias moves by 0.05 towards its target.
   */
  @Test
  void network_firstStepOfAdam_isTheRate() {
    SmallNetwork network = new SmallNetwork(2, 3, 2, 0.05, new SplittableRandom(1));
    double[] nothing = {0, 0}; // no input and no bias yet: every unit and output is 0
    assertThat(network.outputs(nothing)).containsExactly(0, 0);
    network.learn(nothing, 1, 10);
    network.step(1);
    assertThat(network.outputs(nothing)[0]).isZero();
    assertThat(network.outputs(nothing)[1]).isCloseTo(0.05, within(1e-6));
  }

  /** Exclusive or: without its hidden layers the network could do no better than 0.5. */
  @Test
  void network_fitsAFunctionThatNoLineCan() {
    SmallNetwork network = new SmallNetwork(2, 6, 1, 0.02, new SplittableRandom(5));
    double[][] inputs = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    double[] targets = {0, 1, 1, 0};
    for (int epoch = 0; epoch < 2_000; epoch++) {
      for (int i = 0; i < 4; i++) {
        network.learn(inputs[i], 0, targets[i]);
      }
      network.step(4);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(network.outputs(inputs[i])[0]).isCloseTo(targets[i], within(0.1));
    }
  }
}
