package io.neurobalancer.onnx.engine;

/**
 * A place where a model may be cut, and what that costs.
 *
 * @param operator the operator of the workload that would begin a segment, from 1 on
 * @param tensors how many tensors are handed over
 * @param bytes of these tensors; of one whose shape is not known, what is assumed
 * @param priceSeconds what the cut adds to a run, seconds
 */
public record Cut(int operator, int tensors, long bytes, double priceSeconds) {}
