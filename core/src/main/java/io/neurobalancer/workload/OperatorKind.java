package io.neurobalancer.workload;

import java.util.Locale;

/** Families of operators whose kernels behave alike: the same loops, the same bottlenecks. */
public enum OperatorKind {
  /** Convolution with a kernel larger than one pixel, channels mixed. */
  CONVOLUTION,
  /** Convolution with a 1x1 kernel: a matrix product over pixels. */
  POINTWISE_CONVOLUTION,
  /** Convolution with one filter per channel. */
  DEPTHWISE_CONVOLUTION,
  /** Transposed ("de-") convolution. */
  TRANSPOSED_CONVOLUTION,
  /** Matrix product: fully connected layers, projections, batched products. */
  MATMUL,
  /** Fused multi-head attention. */
  ATTENTION,
  /** Recurrent cells. */
  RECURRENT,
  /** Maximum or average over windows, global pooling included. */
  POOLING,
  /** Batch, layer, group, instance or local response normalization. */
  NORMALIZATION,
  /** Softmax and its logarithm. */
  SOFTMAX,
  /** Element by element arithmetic and comparison, with broadcasting. */
  ELEMENTWISE,
  /** Activation functions that no neighbour absorbed. */
  ACTIVATION,
  /** Sums, means, maxima, arg-maxima and sorts over axes. */
  REDUCTION,
  /** Interpolation to another resolution. */
  RESIZE,
  /** Conversion between integer and floating-point tensors, and casts. */
  QUANTIZATION,
  /** Look-ups in a table: embeddings, gather, scatter. */
  GATHER,
  /** Copies that compute nothing: transpose, concatenate, slice, pad, split. */
  DATA_MOVEMENT,
  /** Bookkeeping on shapes that touches no tensor data: reshape, squeeze, identity. */
  SHAPE,
  /** A kernel with no formula: its bytes are counted, its FLOPs are not known. */
  UNKNOWN;

  /** Returns the name in files and tables: lower case, words joined by underscores. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
