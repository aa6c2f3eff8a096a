/**
 * The ports between whoever decides on frequencies and the device that runs at them, simulated or
 * real: a {@link io.neurobalancer.governor.Governor} decides, a {@link
 * io.neurobalancer.governor.Board} is all that it may touch, and a {@link
 * io.neurobalancer.governor.GovernorLoop} drives it.
 */
@NullMarked
package io.neurobalancer.governor;

import org.jspecify.annotations.NullMarked;
