package io.neurobalancer.device;

import java.util.Collections;
import java.util.List;

/**
 * What switches cost on a device, separable over its domains: the cost of going from one setting to
 * another is the sum over the domains whose OPP changes.
 *
 * @param perDomain one entry per domain of the grid, in its order
 */
public record SwitchCosts(List<SwitchCost> perDomain) {

  public SwitchCosts {
    perDomain = List.copyOf(perDomain);
  }

  /** Returns costs of zero for a device of that many domains. */
  public static SwitchCosts free(int domains) {
    return new SwitchCosts(Collections.nCopies(domains, SwitchCost.FREE));
  }

  /** Returns the cost in one domain. */
  public SwitchCost domain(int domain) {
    return perDomain.get(domain);
  }

  /** Returns the time that going from one setting to another takes, seconds. */
  public double seconds(SettingGrid grid, int from, int to) {
    double seconds = 0;
    for (int d = 0; d < perDomain.size(); d++) {
      seconds += perDomain.get(d).seconds(grid.oppIndex(from, d), grid.oppIndex(to, d));
    }
    return seconds;
  }

  /** Returns the energy that going from one setting to another takes, joules. */
  public double joules(SettingGrid grid, int from, int to) {
    double joules = 0;
    for (int d = 0; d < perDomain.size(); d++) {
      joules += perDomain.get(d).joules(grid.oppIndex(from, d), grid.oppIndex(to, d));
    }
    return joules;
  }

  /** Returns in how many domains two settings differ. */
  public static int switches(SettingGrid grid, int from, int to) {
    int switches = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      switches += grid.oppIndex(from, d) == grid.oppIndex(to, d) ? 0 : 1;
    }
    return switches;
  }
}
