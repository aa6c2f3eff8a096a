/**
 * Oracles and bounds: what could have been done on a simulated device by somebody who knows its
 * equations and its weather. Only evaluation may use them.
 */
@NullMarked
package io.neurobalancer.simulator.oracle;

import org.jspecify.annotations.NullMarked;
