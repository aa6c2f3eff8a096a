package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The meters of a machine, and which of them together are the device's energy. */
final class Meters implements AutoCloseable {

  /** Whole SoCs first; a battery feeds the screen too. */
  private static final List<MeterSource.Kind> PREFERENCE =
      List.of(
          MeterSource.Kind.RAPL,
          MeterSource.Kind.ODPM,
          MeterSource.Kind.INA3221X,
          MeterSource.Kind.HWMON_ENERGY,
          MeterSource.Kind.HWMON_CURRENT,
          MeterSource.Kind.HWMON_POWER,
          MeterSource.Kind.BATTERY);

  private final List<Meter> all;
  private final List<Meter> total;

  Meters(Sysfs sysfs, RunClock clock, List<MeterSource> sources) {
    this.all =
        sources.stream()
            .filter(MeterSource::readableNow)
            .map(source -> new Meter(sysfs, clock, source))
            .collect(Collectors.toList());
    this.total =
        PREFERENCE.stream()
            .map(kind -> all.stream().filter(m -> m.source().kind() == kind).toList())
            .filter(found -> !found.isEmpty())
            .findFirst()
            .map(Meters::disjoint)
            .orElse(List.of());
  }

  /** Leaves out what is part of another that is there. */
  private static List<Meter> disjoint(List<Meter> meters) {
    return meters.stream()
        .filter(
            m ->
                meters.stream()
                    .noneMatch(
                        other -> m.source().partOf().equals(Optional.of(other.source().name()))))
        .toList();
  }

  List<Meter> all() {
    return all;
  }

  /** Returns those that together are the device's energy; they add up. */
  List<Meter> total() {
    return total;
  }

  /** Returns the names of what counts as the device's energy. */
  String totalName() {
    return total.stream()
        .map(m -> m.source().kind().title() + " " + m.source().name())
        .collect(Collectors.joining(" + "));
  }

  boolean present() {
    return !total.isEmpty();
  }

  /** Returns the slowest update period of what counts, seconds; NaN without a meter. */
  double updateSeconds() {
    return total.stream().mapToDouble(m -> m.source().updateSeconds()).max().orElse(Double.NaN);
  }

  /** Reads what counts now; joules since an arbitrary start, NaN without a working meter. */
  double readTotal() {
    if (total.isEmpty()) {
      return Double.NaN;
    }
    double sum = 0;
    for (Meter meter : total) {
      sum += meter.read();
    }
    return sum;
  }

  /** Keeps sampled meters and wrapping counters up to date. */
  void poll() {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).poll();
    }
  }

  /** Returns why meters stopped, a sentence each. */
  List<String> broken() {
    List<String> sentences = new ArrayList<>();
    all.forEach(meter -> meter.broken().ifPresent(sentences::add));
    return sentences;
  }

  @Override
  public void close() {
    all.forEach(Meter::close);
  }
}
