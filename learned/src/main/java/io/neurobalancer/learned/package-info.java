/**
 * Latency and energy of operators that never ran on a device, learned from operators that did.
 *
 * <p>A measured predictor is always better where there is one; this one says what to expect of a
 * network before it was profiled.
 */
@NullMarked
package io.neurobalancer.learned;

import org.jspecify.annotations.NullMarked;
