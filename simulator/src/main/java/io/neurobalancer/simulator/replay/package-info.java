/**
 * Devices made of measurements: a table of what each operator cost at each setting is profiled and
 * planned for like a device, and a plan is judged by the rows that it visits. Nothing is modelled.
 */
@NullMarked
package io.neurobalancer.simulator.replay;

import org.jspecify.annotations.NullMarked;
