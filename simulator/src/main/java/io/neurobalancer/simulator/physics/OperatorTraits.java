package io.neurobalancer.simulator.physics;

import io.neurobalancer.workload.OperatorKind;

/**
 * What the kernels of one kind have in common on a mobile CPU, or on a GPU. All figures are
 * assumptions about well-written code, in no source that was read; they set the scale of the
 * simulated device, not of any real one.
 *
 * @param computeEfficiency share of the peak arithmetic rate that large shapes reach
 * @param streamEfficiency share of the first-level cache's load rate that element-wise work reaches
 * @param overlap exponent p with which computing and memory time overlap; higher is better. Whole
 *     networks measured on a Jetson TX2 over GPU and memory clock fit about 3; kernels that stream
 *     reuse less and overlap less
 * @param missParallelism share of the core's line fill slots that the access pattern keeps busy
 * @param parallelShare share of the work that further CPU threads divide
 * @param overheadCycles dispatch, packing and set-up, core cycles
 * @param activity power of a busy CPU core relative to CoreMark, of a GPU relative to convolutions
 */
record OperatorTraits(
    double computeEfficiency,
    double streamEfficiency,
    double overlap,
    double missParallelism,
    double parallelShare,
    double overheadCycles,
    double activity) {

  static OperatorTraits onCpu(OperatorKind kind) {
    return switch (kind) {
      case CONVOLUTION -> new OperatorTraits(0.78, 0.5, 3.0, 0.95, 0.97, 14_000, 1.18);
      case POINTWISE_CONVOLUTION -> new OperatorTraits(0.82, 0.5, 3.0, 0.95, 0.97, 9_000, 1.20);
      case DEPTHWISE_CONVOLUTION -> new OperatorTraits(0.30, 0.5, 2.0, 0.85, 0.94, 8_000, 1.05);
      case TRANSPOSED_CONVOLUTION -> new OperatorTraits(0.62, 0.5, 2.8, 0.9, 0.95, 14_000, 1.15);
      case MATMUL -> new OperatorTraits(0.80, 0.5, 2.8, 1.0, 0.96, 8_000, 1.18);
      case ATTENTION -> new OperatorTraits(0.66, 0.5, 2.4, 0.9, 0.95, 16_000, 1.14);
      case RECURRENT -> new OperatorTraits(0.45, 0.4, 2.2, 0.8, 0.5, 20_000, 1.08);
      case POOLING -> new OperatorTraits(0.22, 0.45, 2.2, 0.85, 0.92, 6_000, 0.98);
      case NORMALIZATION -> new OperatorTraits(0.25, 0.4, 2.0, 0.8, 0.9, 6_000, 1.0);
      case SOFTMAX -> new OperatorTraits(0.20, 0.3, 2.5, 0.8, 0.9, 6_000, 1.05);
      case ELEMENTWISE -> new OperatorTraits(0.35, 0.5, 1.8, 0.95, 0.95, 5_000, 0.95);
      case ACTIVATION -> new OperatorTraits(0.30, 0.5, 2.0, 0.95, 0.95, 5_000, 1.0);
      case REDUCTION -> new OperatorTraits(0.25, 0.4, 2.0, 0.85, 0.85, 6_000, 0.95);
      case RESIZE -> new OperatorTraits(0.20, 0.35, 1.9, 0.6, 0.9, 6_000, 0.92);
      case QUANTIZATION -> new OperatorTraits(0.30, 0.4, 1.9, 0.95, 0.95, 5_000, 0.95);
      case GATHER -> new OperatorTraits(0.20, 0.25, 1.5, 0.35, 0.8, 5_000, 0.8);
      case DATA_MOVEMENT -> new OperatorTraits(0.20, 0.4, 1.6, 0.7, 0.85, 5_000, 0.85);
      case SHAPE -> new OperatorTraits(0.20, 0.4, 1.5, 0.5, 0.0, 2_500, 0.8);
      case UNKNOWN -> new OperatorTraits(0.25, 0.3, 1.8, 0.7, 0.7, 10_000, 0.95);
    };
  }

  /** GPU kernels overlap well where many workgroups wait in turn, and dispatch costs little. */
  static OperatorTraits onGpu(OperatorKind kind) {
    return switch (kind) {
      case CONVOLUTION -> new OperatorTraits(0.62, 0.6, 3.2, 1.0, 1, 2_000, 1.0);
      case POINTWISE_CONVOLUTION -> new OperatorTraits(0.60, 0.6, 3.2, 1.0, 1, 2_000, 1.0);
      case DEPTHWISE_CONVOLUTION -> new OperatorTraits(0.16, 0.6, 2.4, 0.9, 1, 2_000, 0.85);
      case TRANSPOSED_CONVOLUTION -> new OperatorTraits(0.45, 0.6, 3.0, 1.0, 1, 2_500, 1.0);
      case MATMUL -> new OperatorTraits(0.62, 0.6, 3.0, 1.0, 1, 2_000, 1.0);
      case ATTENTION -> new OperatorTraits(0.45, 0.5, 2.6, 0.9, 1, 6_000, 0.95);
      case RECURRENT -> new OperatorTraits(0.12, 0.4, 2.2, 0.8, 1, 20_000, 0.8);
      case POOLING -> new OperatorTraits(0.15, 0.5, 2.4, 0.9, 1, 1_500, 0.8);
      case NORMALIZATION -> new OperatorTraits(0.15, 0.45, 2.2, 0.9, 1, 3_000, 0.8);
      case SOFTMAX -> new OperatorTraits(0.12, 0.4, 2.4, 0.9, 1, 3_000, 0.8);
      case ELEMENTWISE -> new OperatorTraits(0.25, 0.6, 2.0, 1.0, 1, 1_500, 0.75);
      case ACTIVATION -> new OperatorTraits(0.25, 0.6, 2.0, 1.0, 1, 1_500, 0.8);
      case REDUCTION -> new OperatorTraits(0.12, 0.4, 2.2, 0.9, 1, 4_000, 0.75);
      case RESIZE -> new OperatorTraits(0.20, 0.5, 2.0, 0.8, 1, 1_500, 0.75);
      case QUANTIZATION -> new OperatorTraits(0.25, 0.6, 2.0, 1.0, 1, 1_500, 0.75);
      case GATHER -> new OperatorTraits(0.10, 0.3, 1.6, 0.5, 1, 1_500, 0.65);
      case DATA_MOVEMENT -> new OperatorTraits(0.20, 0.5, 1.8, 0.8, 1, 1_500, 0.7);
      case SHAPE -> new OperatorTraits(0.20, 0.4, 1.5, 0.5, 1, 0, 0.6);
      case UNKNOWN -> new OperatorTraits(0.15, 0.4, 2.0, 0.8, 1, 5_000, 0.85);
    };
  }
}
