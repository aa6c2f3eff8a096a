package io.neurobalancer.device;

/**
 * A state that a device can rest in between jobs.
 *
 * @param name as its source writes it
 * @param entrySeconds what entering it takes
 * @param wakeSeconds what leaving it takes
 * @param minimumResidencySeconds a gap shorter than this does not enter it
 */
public record IdleState(
    String name, double entrySeconds, double wakeSeconds, double minimumResidencySeconds) {}
