package io.neurobalancer.device;

import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * All settings of a device: one OPP per domain, numbered 0 to {@link #size()} - 1.
 *
 * <p>The first domain varies slowest. With a core domain of 17 OPPs and a memory domain of 10,
 * setting {@code core * 10 + memory} is the pair (core, memory); the last setting is the fastest
 * one.
 *
 * @param domains at least one, names distinct
 */
public record SettingGrid(List<FrequencyDomain> domains) {

  public SettingGrid {
    domains = List.copyOf(domains);
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("A device needs at least one frequency domain.");
    }
    if (domains.stream().map(FrequencyDomain::name).distinct().count() < domains.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Two frequency domains share a name: %s.",
              domains.stream().map(FrequencyDomain::name).collect(Collectors.toList())));
    }
    long size = 1;
    for (FrequencyDomain domain : domains) {
      size *= domain.opps().size();
      if (size > 1_000_000) {
        throw new IllegalArgumentException("More than a million settings is no sensible device.");
      }
    }
  }

  /**
   * Returns whether another grid has domains of the same names with the same clocks, whatever is
   * known of their voltages.
   */
  public boolean sameClocks(SettingGrid other) {
    if (dimensions() != other.dimensions()) {
      return false;
    }
    for (int d = 0; d < dimensions(); d++) {
      FrequencyDomain mine = domains.get(d);
      FrequencyDomain theirs = other.domains.get(d);
      if (!mine.name().equals(theirs.name()) || mine.opps().size() != theirs.opps().size()) {
        return false;
      }
      for (int opp = 0; opp < mine.opps().size(); opp++) {
        if (!mine.opps().frequency(opp).equals(theirs.opps().frequency(opp))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns the number of domains, k. */
  public int dimensions() {
    return domains.size();
  }

  /** Returns the number of settings, M. */
  public int size() {
    int size = 1;
    for (FrequencyDomain domain : domains) {
      size *= domain.opps().size();
    }
    return size;
  }

  /** Returns by how much the number of a setting grows when {@code domain} goes one OPP up. */
  public int stride(int domain) {
    int stride = 1;
    for (int d = domain + 1; d < domains.size(); d++) {
      stride *= domains.get(d).opps().size();
    }
    return stride;
  }

  /** Returns the OPP index that {@code setting} gives to {@code domain}. */
  public int oppIndex(int setting, int domain) {
    checkSetting(setting);
    return setting / stride(domain) % domains.get(domain).opps().size();
  }

  /** Returns the clock that {@code setting} gives to {@code domain}. */
  public Frequency frequency(int setting, int domain) {
    return domains.get(domain).opps().frequency(oppIndex(setting, domain));
  }

  /** Returns the number of the setting with these OPP indices, one per domain in order. */
  public int setting(int... oppIndices) {
    if (oppIndices.length != domains.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A setting needs one OPP per domain (%d), not %d.",
              domains.size(),
              oppIndices.length));
    }
    int setting = 0;
    for (int d = 0; d < oppIndices.length; d++) {
      int opps = domains.get(d).opps().size();
      setting = setting * opps + Objects.checkIndex(oppIndices[d], opps);
    }
    return setting;
  }

  /** Returns {@code setting} with the OPP of one domain replaced. */
  public int with(int setting, int domain, int oppIndex) {
    Objects.checkIndex(oppIndex, domains.get(domain).opps().size());
    return setting + (oppIndex - oppIndex(setting, domain)) * stride(domain);
  }

  /** Returns the setting with every domain at its fastest OPP. */
  public int fastest() {
    return size() - 1;
  }

  /** Returns the setting with every domain at its slowest OPP. */
  public int slowest() {
    return 0;
  }

  /** Returns the index of the domain with this name. */
  public int domainIndex(String name) {
    for (int d = 0; d < domains.size(); d++) {
      if (domains.get(d).name().equals(name)) {
        return d;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "No frequency domain is called '%s'; there are %s.",
            name,
            domains.stream().map(FrequencyDomain::name).collect(Collectors.toList())));
  }

  /** Returns the clocks of a setting joined by slashes, such as {@code 1804.8MHz/1555MHz}. */
  public String describe(int setting) {
    StringBuilder text = new StringBuilder();
    for (int d = 0; d < domains.size(); d++) {
      text.append(d == 0 ? "" : "/").append(frequency(setting, d));
    }
    return text.toString();
  }

  private void checkSetting(int setting) {
    Objects.checkIndex(setting, size());
  }
}
