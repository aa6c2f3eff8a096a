package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.unit.Frequency;

/**
 * Drives a governor over the fake machine's time as an engine would: ticks when they are due, jobs
 * where the test says so. While a job runs the core is busy and counts cycles at its clock.
 */
final class Timeline {

  private final FakeMachine machine;
  private final Governor governor;
  private boolean running;

  Timeline(FakeMachine machine, Governor governor) {
    this.machine = machine;
    this.governor = governor;
    governor.start(machine.now, machine);
  }

  /** A job is released now and runs until so many milliseconds of the machine's time. */
  Timeline workUntil(double milliseconds) {
    if (!running) {
      governor.jobReleased(machine.now, Governor.NEVER);
      running = true;
    }
    return advance(milliseconds);
  }

  /** The job ends now; nothing runs until so many milliseconds of the machine's time. */
  Timeline sleepUntil(double milliseconds) {
    if (running) {
      governor.jobFinished(machine.now);
      running = false;
    }
    return advance(milliseconds);
  }

  private Timeline advance(double milliseconds) {
    long end = Math.round(milliseconds * 1e6);
    while (governor.nextTickNanos() <= end) {
      pass(governor.nextTickNanos());
      governor.tick(machine.now);
    }
    pass(end);
    return this;
  }

  private void pass(long until) {
    if (running) {
      Frequency clock = machine.grid().domains().get(0).opps().frequency(machine.current(0));
      machine.busyNanos += until - machine.now;
      machine.cycles += (until - machine.now) * 1e-9 * clock.hertz();
    }
    machine.now = until;
  }
}
