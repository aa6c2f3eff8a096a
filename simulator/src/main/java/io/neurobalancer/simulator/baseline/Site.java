package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.files.DeviceDescription;

/**
 * What a kernel law is told about the hardware that it governs, as a device tree would.
 *
 * @param core OPPs of the core clock
 * @param memory OPPs of the memory clock
 * @param cpus how many cores share the core clock
 * @param bytesPerClock what the DRAM moves in one of its clocks at the peak
 */
record Site(OppTable core, OppTable memory, int cpus, double bytesPerClock) {

  static Site of(DeviceDescription profile) {
    return new Site(
        profile.coreDomain().opps(),
        profile.memoryDomain().opps(),
        profile.cores().count(),
        profile.memory().bytesPerClock());
  }
}
