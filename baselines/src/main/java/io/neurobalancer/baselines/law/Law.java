package io.neurobalancer.baselines.law;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import java.util.Set;

/** A law of governing that can be had by name. */
public interface Law {

  /** Returns what lists say about it. */
  GovernorInfo info();

  /** Returns the clocks without which it makes no sense. */
  Set<FrequencyDomain.Kind> clocks();

  /** A law of the core clock. */
  record Core(GovernorInfo info, CoreFactory factory) implements Law {
    @Override
    public Set<FrequencyDomain.Kind> clocks() {
      return Set.of(FrequencyDomain.Kind.CORE);
    }
  }

  /** A law that votes on the memory clock. */
  record Memory(GovernorInfo info, Set<FrequencyDomain.Kind> clocks, MemoryFactory factory)
      implements Law {

    public Memory {
      clocks = Set.copyOf(clocks);
    }

    /** A law that looks at the memory clock only. */
    public Memory(GovernorInfo info, MemoryFactory factory) {
      this(info, Set.of(FrequencyDomain.Kind.MEMORY), factory);
    }
  }

  /** A law that sets all clocks, or that is made of others. */
  record Whole(GovernorInfo info, Set<FrequencyDomain.Kind> clocks, WholeFactory factory)
      implements Law {

    public Whole {
      clocks = Set.copyOf(clocks);
    }
  }

  /** The clocks of a law that needs both. */
  Set<FrequencyDomain.Kind> BOTH = Set.of(FrequencyDomain.Kind.CORE, FrequencyDomain.Kind.MEMORY);

  /** Begins a governor of the core clock. */
  @FunctionalInterface
  interface CoreFactory {
    /** Begins on a board whose device is idle. */
    Governor begin(GovernorSpec spec, Hardware hardware, Board board, long nowNanos);
  }

  /** Begins a voter on the memory clock. */
  @FunctionalInterface
  interface MemoryFactory {
    /** Begins on a board whose device is idle. */
    MemoryVoter begin(GovernorSpec spec, Hardware hardware, Board board, long nowNanos);
  }

  /** Makes a baseline ready, training it first where its law is a trained one. */
  @FunctionalInterface
  interface WholeFactory {
    /** Makes it ready for a device. */
    Baseline create(GovernorSpec spec, Hardware hardware, Training training, ClockLaws laws);
  }
}
