/**
 * Runs jobs on a device over virtual time: one event loop, one state machine of clocks, one thermal
 * zone, whatever the device is made of.
 */
@NullMarked
package io.neurobalancer.simulator.engine;

import org.jspecify.annotations.NullMarked;
