package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.profiles.DeviceProfile;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a device's image runs: a governor of the core clock, and voters on the memory clock of which
 * the highest wins.
 *
 * <p>Votes are in MiB/s of one 4-byte channel, as in the devices' tables: a clock of {@code f} MHz
 * offers {@code f * 4e6 / 2^20}, so 1804 MHz offers 6881. The clock asked for is the slowest that
 * offers the vote.
 */
public final class StockGovernor implements Governor {

  private final Governor core;
  private final List<MemoryVoter> voters;
  private final int memoryDomain;
  private final long[] offered;
  private @Nullable Machine machine;

  private StockGovernor(
      Governor core, List<MemoryVoter> voters, int memoryDomain, OppTable memory) {
    this.core = core;
    this.voters = voters;
    this.memoryDomain = memoryDomain;
    this.offered = new long[memory.size()];
    for (int i = 0; i < offered.length; i++) {
      offered[i] = memory.frequency(i).hertz() * 4 / (1 << 20);
    }
  }

  /**
   * Returns the stock governor of a device.
   *
   * @throws IllegalArgumentException if the profile names a governor that is not known here
   */
  public static StockGovernor of(DeviceProfile profile) {
    GovernorSpec coreSpec = profile.stockCore().get(0);
    if (!coreSpec.name().equals("schedutil")) {
      throw unknown(coreSpec, "schedutil");
    }
    return new StockGovernor(
        new SchedutilGovernor(DeviceProfile.CORE, profile.coreDomain().opps(), coreSpec),
        profile.stockMemory().stream().map(StockGovernor::voter).collect(Collectors.toList()),
        DeviceProfile.MEMORY,
        profile.memoryDomain().opps());
  }

  private static MemoryVoter voter(GovernorSpec spec) {
    return switch (spec.name()) {
      case "bw_hwmon" -> new BwHwmonGovernor(spec);
      case "mem_latency" -> new MemLatencyGovernor(spec);
      default -> throw unknown(spec, "bw_hwmon, mem_latency");
    };
  }

  private static IllegalArgumentException unknown(GovernorSpec spec, String known) {
    return new IllegalArgumentException(
        "The profile's stock governor '%s' is not known.%nMaybe use one of: %s."
            .formatted(spec.name(), known));
  }

  @Override
  public String name() {
    return "stock";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    machine = device;
    core.start(nowNanos, device);
    device.actuator().request(memoryDomain, 0);
  }

  @Override
  public long nextTickNanos() {
    long next = core.nextTickNanos();
    for (MemoryVoter voter : voters) {
      next = Math.min(next, voter.nextSampleNanos());
    }
    return next;
  }

  @Override
  public void tick(long nowNanos) {
    if (machine == null) {
      return;
    }
    if (nowNanos >= core.nextTickNanos()) {
      core.tick(nowNanos);
    }
    long highest = 0;
    for (MemoryVoter voter : voters) {
      if (nowNanos >= voter.nextSampleNanos()) {
        voter.sample(nowNanos, machine.loadMeter());
      }
      highest = Math.max(highest, voter.voteMbps());
    }
    machine.actuator().request(memoryDomain, slowestOffering(highest));
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    core.jobReleased(nowNanos, deadlineNanos);
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    core.operatorStarting(operator, nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    core.jobFinished(nowNanos);
  }

  private int slowestOffering(long mbps) {
    for (int i = 0; i < offered.length; i++) {
      if (offered[i] >= mbps) {
        return i;
      }
    }
    return offered.length - 1;
  }
}
