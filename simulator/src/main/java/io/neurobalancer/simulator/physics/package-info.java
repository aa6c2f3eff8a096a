/**
 * How a simulated device behaves: what an operator takes and burns at each setting, and the weather
 * that disturbs it.
 *
 * <p>The equations here are the simulated truth. Nothing that predicts or plans may read them:
 * predictors see noisy samples, planners see predictions. The model is richer than the predictors'
 * family on purpose: kernels quantize channels and pixels, caches keep or spill, bandwidth is bound
 * by latency as well as by the bus, and the share of time spent waiting changes the power.
 */
@NullMarked
package io.neurobalancer.simulator.physics;

import org.jspecify.annotations.NullMarked;
