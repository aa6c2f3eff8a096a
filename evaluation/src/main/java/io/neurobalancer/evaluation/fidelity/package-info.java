/**
 * How far simulated devices can be trusted: parameters fitted to measurements, and the simulation
 * compared with every published figure.
 *
 * <p>The measurements themselves may not be redistributed; they are read from a folder that the
 * user names, and every part that needs them is left out where they are absent.
 */
@NullMarked
package io.neurobalancer.evaluation.fidelity;

import org.jspecify.annotations.NullMarked;
