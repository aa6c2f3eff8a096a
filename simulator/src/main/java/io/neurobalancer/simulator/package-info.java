/**
 * Simulated devices over virtual time: an engine that drives any governor, targets to profile, and
 * experiments that compare governors under the same weather.
 */
@NullMarked
package io.neurobalancer.simulator;

import org.jspecify.annotations.NullMarked;
