/**
 * The governors that devices ship with, one law per file, each with its source, to compare with.
 *
 * <p>They are written anew from descriptions of the kernel's laws and faithful to their rounding;
 * where one departs from its source, its documentation says so.
 */
@NullMarked
package io.neurobalancer.simulator.baseline;

import org.jspecify.annotations.NullMarked;
