package io.neurobalancer.governor;

/** A board as its driver sees it: the side of {@link Board} that governors never call. */
public interface DrivenBoard extends Board {

  /**
   * Takes one reading of all counters, meters and clocks, which every read returns until the next
   * call.
   */
  void sample(long nowNanos);

  /**
   * Applies what was requested since the last call, domain by domain in an order that is safe on
   * the hardware.
   *
   * @return how many domains were asked to change
   */
  int commit(long nowNanos);
}
