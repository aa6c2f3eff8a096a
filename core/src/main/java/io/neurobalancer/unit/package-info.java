/**
 * Quantities that are easily confused, as types: a clock {@link io.neurobalancer.unit.Frequency} in
 * hertz, and text such as {@code 33ms} or {@code 1.8GHz} read exactly or refused in one sentence.
 *
 * <p>Every other number in this project carries its unit in its name ({@code latencySeconds},
 * {@code energyJoules}, {@code microvolts}).
 */
@NullMarked
package io.neurobalancer.unit;

import org.jspecify.annotations.NullMarked;
