package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.MemoryVoter;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code bw_hwmon}: votes for a share of headroom above the DRAM bandwidth that a hardware monitor
 * measures, in zones, with a memory of past peaks and hysteresis.
 *
 * <pre>
 *   woken by a rise:  request = measured + (measured - last request) * up_scale%, at most the
 *                     remembered peak (if above the measurement) and the zone of the measurement
 *   otherwise:        request = measured
 *   within hysteresis: request &gt;= its peak
 *   bandwidth = request + guard_band, a fall smoothed by decay_rate
 *   vote = bandwidth * 100 / io_percent
 * </pre>
 *
 * <p>Bandwidth is in MiB/s. The monitor's total over all channels is compared with the zones as it
 * is and the vote is the bandwidth of one 4-byte channel, as the drivers do; {@code io_percent} is
 * the share of that bandwidth which the governor is willing to use. The tunable {@code channels}
 * (1) divides the total first, for those who read the drivers otherwise.
 *
 * <p>The hardware's interrupt is emulated by comparing every micro-sample ({@code sample_ms}) with
 * the thresholds that the last decision set. A decision that the interrupt woke sees the sample
 * that did it, one that was polled the highest sample since the last.
 *
 * <p>Source: OnePlus's kernel for SM8250, {@code drivers/devfreq/governor_bw_hwmon.c} at 1d04d2be;
 * defaults are the driver's. {@code use_ab} and {@code bw_step} shape the average vote, which sets
 * no clock here. Zones end at the fastest clock.
 */
final class BwHwmonGovernor extends SampledGovernor implements MemoryVoter {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "bw_hwmon",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.MEMORY,
          GovernorInfo.Hardware.ANY,
          "votes for measured bandwidth and headroom, with a memory of peaks",
          "OnePlusOSS sm8250 drivers/devfreq/governor_bw_hwmon.c",
          GovernorInfo.rows(
              "polling_ms | 50 | time between decisions",
              "sample_ms | 50 | time between micro-samples",
              "io_percent | 16 | share of the peak bandwidth to use, percent",
              "mbps_zones | 0 | bandwidths that limit a rise, MiB/s of one channel",
              "guard_band_mbps | 100 | added to every request",
              "decay_rate | 90 | weight of the new request in a fall, percent",
              "up_scale | 0 | share of a rise that is added to it, percent",
              "up_thres | 10 | rise that wakes the governor, percent",
              "down_thres | 0 | share below which samples wake it, percent",
              "down_count | 3 | how many such samples in a row",
              "hist_memory | 0 | decisions that a peak is remembered",
              "hyst_trigger_count | 3 | peaks that start hysteresis",
              "hyst_length | 0 | decisions that hysteresis lasts",
              "idle_mbps | 400 | bandwidth below which hysteresis does not hold",
              "channels | 1 | divides the measured total",
              "use_ab | 1 | no effect: the average vote sets no clock here",
              "bw_step | 190 | no effect: the average vote sets no clock here"));

  private static final long MIB = 1 << 20;
  private static final long MIN_MBPS = 500;
  private static final long PEAK_TOLERANCE_PERCENT = 60;

  private final long pollingNanos;
  private final long ioPercent;
  private final long guardBand;
  private final long decayRate;
  private final long upScale;
  private final long upThreshold;
  private final long downThreshold;
  private final long downCount;
  private final long histMemory;
  private final long hystTriggerCount;
  private final long hystLength;
  private final long idleMbps;
  private final long channels;
  private final long[] zones;

  private final BusVotes votes;
  private final Window window;
  private long nextPoll;
  private long highest;
  private long previousRequest;
  private long bandwidth;
  private long vote;
  private long upWake;
  private long downWake;
  private long belowDown;
  private long histMax;
  private long histLeft;
  private long hystMbps;
  private long hystPeaks;
  private long hystWindow;
  private long hystEnabled;

  BwHwmonGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(clamp(spec.number("sample_ms", 50), 1, 50) * 1_000_000, nowNanos);
    votes = new BusVotes(hardware.memory());
    pollingNanos = clamp(spec.number("polling_ms", 50), 10, 500) * 1_000_000;
    ioPercent = spec.number("io_percent", 16, 1, 400);
    guardBand = spec.number("guard_band_mbps", 100, 0, 2_000);
    decayRate = spec.number("decay_rate", 90, 0, 100);
    upScale = spec.number("up_scale", 0, 0, 500);
    upThreshold = spec.number("up_thres", 10, 1, 100);
    downThreshold = spec.number("down_thres", 0, 0, 90);
    downCount = spec.number("down_count", 3, 0, 90);
    histMemory = spec.number("hist_memory", 0, 0, 90);
    hystTriggerCount = spec.number("hyst_trigger_count", 3, 0, 90);
    hystLength = spec.number("hyst_length", 0, 0, 90);
    idleMbps = spec.number("idle_mbps", 400, 0, 2_000);
    channels = spec.number("channels", 1, 1, 64);
    zones = spec.numbers("mbps_zones", 0);
    window = new Window(INFO.name(), board, nowNanos, Counter.DRAM_BYTES);
    nextPoll = nowNanos + pollingNanos;
    upWake = votes.offeredMbps(hardware.memoryClock(board).current()) * ioPercent / 100;
    downWake = MIN_MBPS;
  }

  @Override
  public int voteOpp() {
    return votes.opp(vote);
  }

  /** Returns the bandwidth voted for, MiB/s of one 4-byte channel. */
  long voteMbps() {
    return vote;
  }

  @Override
  protected void sample(long nowNanos) {
    long micros = window.elapsedMicros(nowNanos);
    long moved = (long) (window.since(Counter.DRAM_BYTES) / channels);
    long measured = (moved * 1_000_000 / micros + MIB - 1) / MIB; // rounds up, as the driver does
    window.restart(nowNanos);
    highest = Math.max(highest, measured);
    boolean wokeUp = measured > upWake;
    belowDown = measured < downWake ? belowDown + 1 : 0;
    boolean wokeDown = belowDown > 0 && belowDown >= downCount;
    if (wokeUp || wokeDown || nowNanos >= nextPoll) {
      decide(wokeUp || wokeDown ? measured : highest, wokeUp);
      highest = 0;
      belowDown = 0;
      nextPoll = nowNanos + pollingNanos;
    }
  }

  private void decide(long measured, boolean wokeUp) {
    if (measured > histMax || histLeft == 0) {
      histMax = measured;
      histLeft = histMemory;
    } else if (measured >= histMax * PEAK_TOLERANCE_PERCENT / 100) {
      histLeft = histMemory;
    } else if (histLeft > 0) {
      histLeft--;
    }
    long request = measured;
    if (wokeUp) {
      request += Math.max(0, measured - previousRequest) * upScale / 100;
      if (request > histMax && measured < histMax) {
        request = histMax;
      }
      request = Math.min(request, zone(measured));
    }
    request = hysteresis(measured, request);
    if (measured < MIN_MBPS) {
      upWake = Math.max(MIN_MBPS, request) * (100 + upThreshold) / 100;
      downWake = 0;
    } else {
      upWake = request * (100 + upThreshold) / 100;
      downWake = measured * downThreshold / 100;
    }
    previousRequest = request;
    long adjusted = request + guardBand;
    bandwidth =
        adjusted > bandwidth
            ? adjusted
            : (adjusted * decayRate + bandwidth * (100 - decayRate)) / 100;
    vote = bandwidth * 100 / ioPercent;
  }

  private long hysteresis(long measured, long request) {
    if (measured > hystMbps && measured > MIN_MBPS) {
      hystPeaks = 0;
      hystWindow = hystLength;
      hystMbps = measured;
    }
    if (measured >= hystMbps * PEAK_TOLERANCE_PERCENT / 100 && measured > MIN_MBPS) {
      hystPeaks++;
      if (hystPeaks >= hystTriggerCount || hystEnabled > 0) {
        hystEnabled = hystLength;
      }
    }
    hystWindow = Math.max(0, hystWindow - 1);
    hystEnabled = Math.max(0, hystEnabled - 1);
    if (hystWindow == 0 && hystEnabled == 0) {
      hystPeaks = 0;
      hystMbps = 0;
    }
    return hystEnabled > 0 && measured > idleMbps ? Math.max(request, hystMbps) : request;
  }

  /** Returns the bandwidth that the zone of a measurement may use: its point times io_percent. */
  private long zone(long measured) {
    long needed = measured * 100 / ioPercent;
    for (long zone : zones) {
      if (zone >= needed) {
        return Math.max(measured, zone * ioPercent / 100);
      }
    }
    return Long.MAX_VALUE;
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(most, value));
  }
}
