/**
 * Well-known architectures, generated as ONNX with seeded weights: nothing to download.
 *
 * <p>The layers are those of the papers, so shapes, parameters and multiply-adds are theirs; the
 * weights are random, so the outputs mean nothing. Batch normalization is folded into the
 * convolution before it, as every deployed model has it; where one stands before a convolution
 * (DenseNet) it stays.
 */
@NullMarked
package io.neurobalancer.onnx.zoo;

import org.jspecify.annotations.NullMarked;
