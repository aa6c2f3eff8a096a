/**
 * Workloads from ONNX models: ONNX Runtime fuses the graph and resolves every shape, formulas over
 * those shapes give FLOPs and bytes.
 *
 * <p>The graph is taken at the "extended" optimization level, whose fusions any runtime makes. The
 * layout rewriting of the highest level suits this machine's processor and is no property of the
 * model.
 */
@NullMarked
package io.neurobalancer.onnx.importer;

import org.jspecify.annotations.NullMarked;
