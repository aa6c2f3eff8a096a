package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device description can take from a machine: its clocks and how they are set. Power,
 * bandwidth and the rest are in no file of the kernel; they are left out, not guessed.
 *
 * @param name for the description, from the machine's title
 * @param title of the machine
 * @param domains every domain that can be set
 * @param governors per domain, what runs on it now
 * @param tunables per domain, of that governor
 * @param unknown fields that the description needs and that must be filled in, with a hint each
 */
public record DeviceSkeleton(
    String name,
    String title,
    List<FrequencyDomain> domains,
    Map<String, String> governors,
    Map<String, Map<String, String>> tunables,
    Map<String, String> unknown) {

  public DeviceSkeleton {
    domains = List.copyOf(domains);
    governors = new TreeMap<>(governors);
    tunables = new TreeMap<>(tunables);
    unknown = new TreeMap<>(unknown);
  }

  /** Returns the skeleton of a machine. */
  public static DeviceSkeleton of(Sysfs sysfs, Machine machine) {
    List<FrequencyDomain> domains = new ArrayList<>();
    Map<String, String> governors = new TreeMap<>();
    Map<String, Map<String, String>> tunables = new TreeMap<>();
    for (DomainChoice choice : DomainChoice.all(machine)) {
      domains.add(choice.domain());
      ClockControl clock = choice.clocks().get(0);
      String governor = clock.facts().getOrDefault("governor", "");
      if (!governor.isEmpty()) {
        governors.put(choice.name(), governor);
        Map<String, String> values = new TreeMap<>();
        try {
          for (Original o : Tunables.of(sysfs, clock, governor)) {
            values.put(o.path().substring(o.path().lastIndexOf('/') + 1), o.value());
          }
        } catch (SysfsException e) {
          values.clear();
        }
        tunables.put(choice.name(), values);
      }
    }
    Map<String, String> unknown = new TreeMap<>();
    unknown.put("cores", "type, count, operations per cycle: from the core's manual");
    unknown.put("caches", "bytes of the last-level cache: /sys/devices/system/cpu/cpu0/cache");
    unknown.put(
        "coreDomain.opps[].busyWatts", "'profile --device linux' with a meter, or published");
    unknown.put("memoryDomain.bytesPerClock", "bus width times transfers per clock");
    unknown.put("memoryDomain.opps[].backgroundWatts", "a DRAM rail, or published");
    unknown.put("power", "rest of the SoC in and between jobs");
    unknown.put("transitions", "'profile --device linux' measures them");
    return new DeviceSkeleton(
        machine
            .title()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", ""),
        machine.title(),
        domains,
        governors,
        tunables,
        unknown);
  }
}
