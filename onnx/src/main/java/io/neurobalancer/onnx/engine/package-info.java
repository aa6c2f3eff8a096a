/**
 * Real inference: ONNX Runtime under a governor.
 *
 * <p>A governor changes clocks between segments, so a model has to stop there. ONNX Runtime cannot
 * be stopped inside {@code run}, and a model cut as it was exported loses what ONNX Runtime gains
 * by fusing operators and changing layouts. So {@link io.neurobalancer.onnx.engine.BalancedSession}
 * lets ONNX Runtime optimise the whole model first, cuts the graph that it saves, and runs the
 * pieces as they are, with optimisation off:
 *
 * <pre>
 *   model.onnx --optimise--&gt; graph --cut--&gt; [segment 0] -t-&gt; [segment 1] -t-&gt; [segment 2]
 *                                           ^               ^               ^
 *                                           the governor is asked here
 * </pre>
 *
 * <p>The kernels are the same ones in the same order, so the outputs are the same bits. {@link
 * io.neurobalancer.onnx.engine.EngineOptions} say how.
 */
@NullMarked
package io.neurobalancer.onnx.engine;

import org.jspecify.annotations.NullMarked;
