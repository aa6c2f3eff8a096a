package io.neurobalancer.linux;

import io.neurobalancer.governor.Rail;
import io.neurobalancer.target.RunClock;
import java.util.Optional;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the joules of one source since it was opened: over counter wraps, and over time for
 * sources that only tell power. Once it cannot be read its joules are NaN, and it says why; a
 * reading that is missing is never zero.
 */
final class Meter implements AutoCloseable {

  /** A read is made at most every hundred times what it takes, so that metering costs 1 %. */
  private static final long COST_FACTOR = 100;

  /** A counter is read at least this often between two starts from 0: twice would just do. */
  private static final double READS_PER_WRAP = 4;

  private final Sysfs sysfs;
  private final RunClock clock;
  private final MeterSource source;
  private final long updateNanos;
  private Sysfs.@Nullable Attribute first;
  private Sysfs.@Nullable Attribute second;
  private boolean started;
  private long lastRaw;
  private double lastWatts;
  private long lastNanos;
  private long costNanos;
  private double mostWatts;
  private double joules;
  private @Nullable String broken;

  Meter(Sysfs sysfs, RunClock clock, MeterSource source) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.source = source;
    this.updateNanos =
        Double.isNaN(source.updateSeconds()) ? 0 : (long) (source.updateSeconds() * 1e9);
  }

  MeterSource source() {
    return source;
  }

  Rail rail() {
    return new Rail(source.name(), source.kind().title(), source.updateSeconds());
  }

  /** Returns why its joules are no longer known, empty while they are. */
  Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  /** Returns joules since the first reading, NaN once they are no longer known. */
  double joules() {
    return broken == null && started ? joules : Double.NaN;
  }

  /** Reads if a new value can be there and reading is not too dear; returns the joules. */
  double poll() {
    return !started || clock.nanoTime() - lastNanos >= pauseNanos() ? read() : joules();
  }

  /** Returns how long a reading is good enough: a counter must not start from 0 twice unseen. */
  private double pauseNanos() {
    double dear = Math.max((double) updateNanos, (double) COST_FACTOR * costNanos);
    return source.wrapMicrojoules() > 0 && mostWatts > 0
        ? Math.min(dear, source.wrapMicrojoules() * 1e3 / (READS_PER_WRAP * mostWatts))
        : dear;
  }

  /** Reads now; returns the joules. */
  double read() {
    if (broken != null) {
      return Double.NaN;
    }
    try {
      if (source.kind() != MeterSource.Kind.ODPM) {
        first(); // opening it is no part of what a reading costs
      }
      long before = clock.nanoTime();
      double joulesBefore = joules;
      switch (source.kind()) {
        case RAPL, HWMON_ENERGY -> counted(first().read());
        case ODPM -> counted(odpm());
        case HWMON_POWER -> sampled(first().read() * 1e-6, before);
        case INA3221X -> sampled(first().read() * 1e-3, before);
        case HWMON_CURRENT ->
            sampled(Math.abs(first().read()) * 1e-3 * second().read() * 1e-3, before);
        case BATTERY -> battery(before);
      }
      long cost = clock.nanoTime() - before;
      if (started) {
        // The cheapest counts, and not the first, which loads classes: any may be interrupted.
        costNanos = costNanos == 0 ? cost : Math.min(costNanos, cost);
      }
      if (started && before - lastNanos > updateNanos) {
        mostWatts = Math.max(mostWatts, (joules - joulesBefore) / ((before - lastNanos) * 1e-9));
      }
      started = true;
      lastNanos = before;
    } catch (SysfsException e) {
      broken = "The meter " + source.name() + " can no longer be read: " + e.getMessage() + ".";
    }
    return joules();
  }

  private void counted(long raw) throws SysfsException {
    if (started) {
      long delta = raw - lastRaw;
      if (delta < 0) {
        if (source.wrapMicrojoules() <= 0) {
          throw new SysfsException(
              Errno.OTHER, source.files().get(0), "read", "its counter fell, by reset or wrap");
        }
        delta += source.wrapMicrojoules() + 1;
      }
      joules += delta * 1e-6;
    }
    lastRaw = raw;
  }

  private void sampled(double watts, long now) {
    if (started) {
      joules += (lastWatts + watts) / 2 * (now - lastNanos) * 1e-9;
    }
    lastWatts = watts;
  }

  private void battery(long now) throws SysfsException {
    String status = sysfs.firstLine(source.channel(), "unreadable");
    if (!status.equals("Discharging")) {
      throw new SysfsException(
          Errno.OTHER, source.channel(), "read", "the battery is " + status + " now");
    }
    double watts = Math.abs(first().read()) * 1e-6;
    if (source.files().size() == 2) {
      watts *= second().read() * 1e-6;
    }
    sampled(watts, now);
  }

  private long odpm() throws SysfsException {
    String path = source.files().get(0);
    Matcher row = MeterDiscovery.ODPM_ROW.matcher(sysfs.read(path));
    while (row.find()) {
      if (row.group(1).equals(source.channel()) && row.group(3).equals(source.name())) {
        return Numbers.parse(path, row.group(4));
      }
    }
    throw new SysfsException(Errno.ENOENT, path, "read", "the rail is gone from its table");
  }

  private Sysfs.Attribute first() throws SysfsException {
    Sysfs.Attribute attribute = first;
    if (attribute == null) {
      attribute = sysfs.open(source.files().get(0));
      first = attribute;
    }
    return attribute;
  }

  private Sysfs.Attribute second() throws SysfsException {
    Sysfs.Attribute attribute = second;
    if (attribute == null) {
      attribute = sysfs.open(source.files().get(1));
      second = attribute;
    }
    return attribute;
  }

  @Override
  public void close() {
    for (Sysfs.Attribute attribute : new Sysfs.Attribute[] {first, second}) {
      if (attribute != null) {
        attribute.close();
      }
    }
  }
}
