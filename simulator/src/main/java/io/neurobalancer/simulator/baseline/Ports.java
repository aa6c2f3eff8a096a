package io.neurobalancer.simulator.baseline;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Machine;
import org.jspecify.annotations.Nullable;

/** The machine of a governor, from its start on. Using it before is a defect. */
final class Ports {

  private @Nullable Machine machine;

  void connect(Machine device) {
    machine = device;
  }

  Machine machine() {
    if (machine == null) {
      throw new IllegalStateException("The governor was used before it was started.");
    }
    return machine;
  }

  int requestedCore() {
    return machine().actuator().requested(DeviceDescription.CORE);
  }

  int currentCore() {
    return machine().actuator().current(DeviceDescription.CORE);
  }

  int currentMemory() {
    return machine().actuator().current(DeviceDescription.MEMORY);
  }

  void requestCore(int oppIndex) {
    machine().actuator().request(DeviceDescription.CORE, oppIndex);
  }

  void requestMemory(int oppIndex) {
    machine().actuator().request(DeviceDescription.MEMORY, oppIndex);
  }
}
