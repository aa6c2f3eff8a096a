/**
 * The governors that devices ship with and that research proposed, by name, to compare with.
 *
 * <p>They are written anew from descriptions of their laws and faithful to their rounding; where
 * one departs from its source, its documentation says so. They run on any {@link
 * io.neurobalancer.governor.Board}, simulated or real.
 */
@NullMarked
package io.neurobalancer.baselines;

import org.jspecify.annotations.NullMarked;
