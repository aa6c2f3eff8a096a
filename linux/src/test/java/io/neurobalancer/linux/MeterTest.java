package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A counter of 2 W whose readings cost time. */
final class MeterTest {

  private static final double WATTS = 2;

  private final VirtualClock clock = new VirtualClock();
  private final long begin = clock.nanoTime();
  private long firstCostNanos;
  private long costNanos = 100_000;
  private long wrapMicrojoules = 262_143_328_850L;

  private final TreeSysfs files =
      new TreeSysfs() {
        private int reads;

        @Override
        String get(String path, String stored) {
          clock.advance(reads++ == 0 ? firstCostNanos : costNanos);
          return Long.toString((long) microjoules() % (wrapMicrojoules + 1));
        }
      };

  private double microjoules() {
    return (clock.nanoTime() - begin) * 1e-3 * WATTS;
  }

  private Meter meter() {
    files.put("/energy_uj", "0", "r");
    return new Meter(
        files,
        clock,
        new MeterSource(
            "psys",
            MeterSource.Kind.RAPL,
            MeterSource.Quality.ACCUMULATED,
            List.of("/energy_uj"),
            "",
            1e-6,
            1e-3,
            wrapMicrojoules,
            Optional.empty(),
            Optional.empty(),
            ""));
  }

  /** Reading once took 60 ms, as the first time on a slow machine: that is no price for all. */
  @Test
  void aFirstReadingThatIsSlow_doesNotStopTheMeter() {
    firstCostNanos = 60_000_000;
    try (Meter meter = meter()) {
      meter.poll();
      for (int i = 0; i < 80; i++) {
        clock.advance(10_000_000);
        meter.poll();
      }
      // 80 times 10.1 ms at 2 W
      assertThat(meter.joules()).isCloseTo(1.6, within(0.03));
    }
  }

  /** A reading is so dear that it would be made every 2 s only, and the counter wraps every 1 s. */
  @Test
  void aCounterThatWrapsFasterThanReadingIsCheap_losesNothing() {
    firstCostNanos = 20_000_000;
    costNanos = 20_000_000;
    wrapMicrojoules = 2_000_000;
    try (Meter meter = meter()) {
      meter.read();
      double from = microjoules();
      meter.read(); // two readings tell the power
      for (int i = 0; i < 1000; i++) {
        clock.advance(10_000_000);
        meter.poll();
      }
      assertThat(meter.read()).isCloseTo((microjoules() - from) * 1e-6, within(0.1));
    }
  }

  @Test
  void readingCostsAHundredthOfTheTimeAtMost() {
    firstCostNanos = 100_000;
    try (Meter meter = meter()) {
      meter.poll();
      long before = clock.nanoTime();
      for (int i = 0; i < 1000; i++) {
        clock.advance(1_000_000);
        meter.poll();
      }
      assertThat(clock.nanoTime() - before - 1_000_000_000L).isLessThanOrEqualTo(10_100_000L);
    }
  }
}
