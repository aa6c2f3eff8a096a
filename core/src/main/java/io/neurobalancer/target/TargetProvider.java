package io.neurobalancer.target;

import io.neurobalancer.workload.Workload;
import java.util.List;

/** Opens devices of one kind. Found by {@link java.util.ServiceLoader}. */
public interface TargetProvider {

  /** Returns what stands before the colon in a device's name, such as {@code sim}. */
  String scheme();

  /** Returns whether devices of this kind bring their operators with them, as a table does. */
  default boolean bringsWorkload() {
    return false;
  }

  /** Returns names that can stand after the colon; empty where they cannot be listed. */
  default List<String> names() {
    return List.of();
  }

  /**
   * Opens a device.
   *
   * @param name what stands after the colon; empty where there is none
   * @param workloads what is to run, one stream each; empty if {@link #bringsWorkload}
   * @throws io.neurobalancer.unit.NeuroBalancerException if there is no such device, or it cannot
   *     be used
   */
  Target open(String name, List<Workload> workloads, TargetOptions options);
}
