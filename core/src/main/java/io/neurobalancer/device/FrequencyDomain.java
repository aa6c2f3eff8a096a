package io.neurobalancer.device;

/**
 * Hardware that shares one clock: the cores of a cluster, a GPU, the DRAM and its controller.
 *
 * @param name as reports and plans write it, such as {@code cpu4} or {@code memory}
 * @param kind what is clocked
 * @param opps the clocks it can be given
 */
public record FrequencyDomain(String name, Kind kind, OppTable opps) {

  /** What a domain clocks. */
  public enum Kind {
    /** Computing cores: a CPU cluster, a GPU, an NPU. */
    CORE,
    /** DRAM, its controller and what is clocked with them. */
    MEMORY
  }

  public FrequencyDomain {
    if (name.trim().isEmpty()) {
      throw new IllegalArgumentException("A frequency domain needs a name.");
    }
  }
}
