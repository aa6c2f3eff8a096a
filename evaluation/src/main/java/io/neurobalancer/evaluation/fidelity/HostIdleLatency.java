package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.files.DeviceDescription;
import java.util.List;

/**
 * What deep idle of the CPU costs an inference that runs on an accelerator: while the host waits,
 * its cores fall asleep, and each answer wakes them.
 *
 * <pre>
 *   t = t0 + waits * wake            t0: the inference with deep states forbidden
 *   E = E0 + waits * wake * P        P: the chip awake, its memory clocked, nothing computing
 * </pre>
 *
 * <p>Google measured a Pixel 6 under MLPerf's image classification (change of its power HAL that
 * holds {@code cpu_dma_latency} at 44 microseconds during a neural network): 1.35 ms and 2837 mW by
 * default, 0.98 ms and 3539 mW with deep states forbidden. Two waits, for what is handed over and
 * for the result, are assumed; wake-ups are those of the phone's device tree, a little core's and a
 * big one's in equal parts.
 *
 * @param seconds of an inference
 * @param joules of an inference
 */
record HostIdleLatency(double seconds, double joules) {

  /** By default. */
  static final HostIdleLatency MEASURED = new HostIdleLatency(1.35e-3, 1.35e-3 * 2.837);

  /** With deep states forbidden. */
  static final HostIdleLatency HELD_AWAKE = new HostIdleLatency(0.98e-3, 0.98e-3 * 3.539);

  private static final int WAITS = 2;

  double watts() {
    return joules / seconds;
  }

  /** Explains the default from what was measured with deep states forbidden. */
  static HostIdleLatency explained() {
    DeviceDescription little = Fits.profile("pixel-6-cpu-little");
    DeviceDescription big = Fits.profile("pixel-6-cpu-big");
    double wake = (deepest(little).wakeSeconds() + deepest(big).wakeSeconds()) / 2;
    List<Double> memory = little.memoryBackgroundWatts();
    double awake = little.power().socActiveWatts() + memory.get(memory.size() - 1);
    return new HostIdleLatency(
        HELD_AWAKE.seconds() + WAITS * wake, HELD_AWAKE.joules() + WAITS * wake * awake);
  }

  private static IdleState deepest(DeviceDescription device) {
    List<DeviceDescription.Rest> rests = device.rests();
    return rests.get(rests.size() - 1).state();
  }
}
