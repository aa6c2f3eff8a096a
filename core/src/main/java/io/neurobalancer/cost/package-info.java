/**
 * Latency and energy of every operator at every setting, from few measurements, with how sure we
 * are.
 *
 * <p>Prediction sees only {@link io.neurobalancer.cost.Samples} that a target hands out; it never
 * sees the equations of a simulated device.
 */
@NullMarked
package io.neurobalancer.cost;

import org.jspecify.annotations.NullMarked;
