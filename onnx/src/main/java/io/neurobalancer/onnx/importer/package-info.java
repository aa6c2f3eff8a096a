/**
 * Workloads from ONNX models: ONNX Runtime fuses the graph and runs it once, its own profile tells
 * every kernel and every shape, formulas over those shapes give FLOPs and bytes.
 *
 * <pre>
 *   file --ModelBytes--&gt; graph without weights --GraphPreparation, InputShapes, InputValues--&gt; BoundModel
 *        --Probe (in a ProbeProcess)--&gt; optimized graph and ExecutionTrace --OperatorReader--&gt; Workload
 * </pre>
 *
 * <p>The graph is taken at the "extended" optimization level, whose fusions any runtime makes. The
 * layout rewriting of the highest level suits this machine's processor and is no property of the
 * model, and neither are the casts that a processor without half precision needs (HalfPrecision).
 *
 * <p>A model file is somebody else's program. It is run in a process with limits, and nothing that
 * it says is trusted: names, places of weights, shapes.
 */
@NullMarked
package io.neurobalancer.onnx.importer;

import org.jspecify.annotations.NullMarked;
