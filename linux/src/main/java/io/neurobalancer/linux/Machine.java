package io.neurobalancer.linux;

import java.util.List;
import java.util.Optional;

/**
 * What was found on a machine.
 *
 * @param title of the machine as its firmware names it, {@code unknown machine} where it does not
 * @param kernel release of the kernel, {@code unknown} where it does not tell
 * @param clocks cpufreq policies first
 * @param meters best first
 * @param rivals programs running that write clocks
 * @param notes what else a user should know
 */
public record Machine(
    String title,
    String kernel,
    List<ClockControl> clocks,
    List<MeterSource> meters,
    List<String> rivals,
    List<String> notes) {

  public Machine {
    clocks = List.copyOf(clocks);
    meters = List.copyOf(meters);
    rivals = List.copyOf(rivals);
    notes = List.copyOf(notes);
  }

  /** Returns the clock of that name. */
  public Optional<ClockControl> clock(String name) {
    return clocks.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** Returns the meter of that name. */
  public Optional<MeterSource> meter(String name) {
    return meters.stream().filter(m -> m.name().equals(name)).findFirst();
  }
}
