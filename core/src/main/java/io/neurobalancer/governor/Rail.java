package io.neurobalancer.governor;

/**
 * A source of energy readings.
 *
 * @param name of what is fed, such as {@code VDD_CPU} or {@code package-0}
 * @param source how it is known, such as {@code RAPL}, {@code INA3221}, {@code battery}, {@code
 *     simulated}
 * @param updateSeconds how long a reading stays the same before it is refreshed, 0 for a source
 *     that is exact at every instant
 */
public record Rail(String name, String source, double updateSeconds) {}
