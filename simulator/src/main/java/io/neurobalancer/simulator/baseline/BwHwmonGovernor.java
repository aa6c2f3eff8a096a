package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;

/**
 * {@code bw_hwmon}: votes for a share of headroom above the DRAM bandwidth that a hardware monitor
 * measures, in zones, with a memory of past peaks and hysteresis.
 *
 * <p>Bandwidth is in MiB/s. The monitor's total over all channels is compared with the zones as it
 * is and the vote is the bandwidth of one 4-byte channel, as the drivers do; {@code io_percent} is
 * the share of that bandwidth which the governor is willing to use. The tunable {@code channels}
 * (1) divides the total first, for those who read the drivers otherwise.
 *
 * <p>The hardware interrupt that wakes the governor early is emulated by comparing every
 * micro-sample ({@code sample_ms}) with the thresholds that the last decision set.
 *
 * <p>Source: Qualcomm's kernel, {@code drivers/devfreq/governor_bw_hwmon.c}, from a description of
 * its law; defaults are the driver's.
 */
final class BwHwmonGovernor implements MemoryVoter {

  private static final long MIN_MBPS = 500;
  private static final long PEAK_TOLERANCE_PERCENT = 60;

  private final long pollingNanos;
  private final long sampleNanos;
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

  private long nextSample;
  private long nextPoll;
  private long lastSample;
  private double lastBytes;
  private long maxMeasured;
  private long previousRequest;
  private long vote;
  private long upWake = Long.MAX_VALUE;
  private long downWake;
  private long belowDown;
  private long histMax;
  private long histLeft;
  private long hystMbps;
  private long hystPeaks;
  private long hystWindow;
  private long hystEnabled;

  BwHwmonGovernor(GovernorSpec spec) {
    pollingNanos = clamp(spec.number("polling_ms", 50), 10, 500) * 1_000_000;
    sampleNanos = clamp(spec.number("sample_ms", 50), 1, 50) * 1_000_000;
    ioPercent = spec.number("io_percent", 16);
    guardBand = spec.number("guard_band_mbps", 100);
    decayRate = spec.number("decay_rate", 90);
    upScale = spec.number("up_scale", 0);
    upThreshold = spec.number("up_thres", 10);
    downThreshold = spec.number("down_thres", 0);
    downCount = spec.number("down_count", 3);
    histMemory = spec.number("hist_memory", 0);
    hystTriggerCount = spec.number("hyst_trigger_count", 3);
    hystLength = spec.number("hyst_length", 0);
    idleMbps = spec.number("idle_mbps", 400);
    channels = spec.number("channels", 1);
    zones = spec.numbers("mbps_zones", 0);
    nextSample = sampleNanos;
    nextPoll = pollingNanos;
  }

  @Override
  public String name() {
    return "bw_hwmon";
  }

  @Override
  public long nextSampleNanos() {
    return nextSample;
  }

  @Override
  public long voteMbps() {
    return vote;
  }

  @Override
  public void sample(long nowNanos, LoadMeter meter) {
    double bytes = meter.dramBytes();
    double seconds = Math.max(1e-9, (nowNanos - lastSample) * 1e-9);
    long measured = (long) ((bytes - lastBytes) / channels / seconds / (1 << 20));
    lastBytes = bytes;
    lastSample = nowNanos;
    nextSample = nowNanos + sampleNanos;
    maxMeasured = Math.max(maxMeasured, measured);
    boolean wokeUp = measured > upWake;
    belowDown = measured < downWake ? belowDown + 1 : 0;
    boolean wokeDown = downWake > 0 && belowDown >= downCount;
    if (wokeUp || wokeDown || nowNanos >= nextPoll) {
      decide(maxMeasured, wokeUp);
      maxMeasured = 0;
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
    long smoothed =
        adjusted > vote * ioPercent / 100
            ? adjusted
            : (adjusted * decayRate + vote * ioPercent / 100 * (100 - decayRate)) / 100;
    vote = smoothed * 100 / ioPercent;
  }

  private long hysteresis(long measured, long request) {
    boolean newMaximum = measured > hystMbps && measured > MIN_MBPS;
    if (newMaximum) {
      hystPeaks = 0;
      hystWindow = hystLength;
      hystMbps = measured;
    } else if (measured >= hystMbps * PEAK_TOLERANCE_PERCENT / 100 && measured > MIN_MBPS) {
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
