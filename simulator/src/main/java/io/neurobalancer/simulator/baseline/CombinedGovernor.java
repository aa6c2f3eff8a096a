package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;
import java.util.List;

/**
 * A governor of the core clock beside voters on the memory clock, of which the highest wins, as a
 * kernel runs them.
 */
final class CombinedGovernor implements Governor {

  private final String name;
  private final Governor core;
  private final MemoryVoter[] voters;
  private final Ports ports = new Ports();

  CombinedGovernor(String name, Governor core, List<MemoryVoter> voters) {
    this.name = name;
    this.core = core;
    this.voters = voters.toArray(new MemoryVoter[0]);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    core.start(nowNanos, device);
    for (MemoryVoter voter : voters) {
      voter.start(nowNanos, device);
    }
    vote();
  }

  @Override
  public long nextTickNanos() {
    long next = core.nextTickNanos();
    for (MemoryVoter voter : voters) {
      next = Math.min(next, voter.nextSampleNanos());
    }
    return next;
  }

  @Override
  public void tick(long nowNanos) {
    if (nowNanos >= core.nextTickNanos()) {
      core.tick(nowNanos);
    }
    for (MemoryVoter voter : voters) {
      if (nowNanos >= voter.nextSampleNanos()) {
        voter.sample(nowNanos);
      }
    }
    vote();
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    core.jobReleased(nowNanos, deadlineNanos);
    vote();
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    core.operatorStarting(operator, nowNanos);
    dispatched(nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    core.jobFinished(nowNanos);
    dispatched(nowNanos);
  }

  private void dispatched(long nowNanos) {
    for (MemoryVoter voter : voters) {
      voter.dispatched(nowNanos);
    }
    vote();
  }

  private void vote() {
    int asked = ports.requestedCore();
    int highest = 0;
    for (MemoryVoter voter : voters) {
      voter.coreAsked(asked);
      highest = Math.max(highest, voter.voteOpp());
    }
    ports.requestMemory(highest);
  }
}
