/**
 * The one port to devices: a {@link io.neurobalancer.target.Target} runs streams of jobs and can be
 * measured, whether it is simulated, replayed from a table or real.
 */
@NullMarked
package io.neurobalancer.target;

import org.jspecify.annotations.NullMarked;
