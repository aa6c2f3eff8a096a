package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation knows of a target besides its port.
 *
 * @param hardware as baselines see it
 * @param threads how many cores the inference uses
 * @param notes where the device's figures come from, in sentences
 */
public record DeviceFacts(Hardware hardware, int threads, List<String> notes) {

  public DeviceFacts {
    notes = List.copyOf(notes);
  }

  /** Returns the facts about a target; of one that is not simulated its clocks are all. */
  public static DeviceFacts of(Target target) {
    if (target instanceof SimulatedTarget simulated) {
      DeviceDescription description = simulated.description();
      List<String> notes = new ArrayList<>(description.cautions());
      description
          .provenance()
          .forEach(
              (field, source) ->
                  notes.add(field + ": " + source + (source.endsWith(".") ? "" : ".")));
      description.sources().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(source -> notes.add(source.getKey() + " is " + source.getValue()));
      return new DeviceFacts(simulated.hardware(), simulated.physics(0).threads(), notes);
    }
    return new DeviceFacts(
        new Hardware(
            target.identity().name(),
            GovernorInfo.Hardware.CPU,
            target.grid(),
            Hardware.first(target.grid(), FrequencyDomain.Kind.CORE),
            Hardware.first(target.grid(), FrequencyDomain.Kind.MEMORY),
            1,
            Double.NaN,
            List.of(),
            List.of()),
        1,
        List.of());
  }
}
