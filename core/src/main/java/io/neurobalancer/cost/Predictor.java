package io.neurobalancer.cost;

import io.neurobalancer.workload.Workload;

/**
 * Says what every operator of a workload costs at every setting of one device, from whatever it has
 * learned of that device.
 */
@FunctionalInterface
public interface Predictor {

  /**
   * Predicts.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if this predictor can say nothing about
   *     that workload; the message says why and what would help
   */
  CostModel predict(Workload workload);
}
