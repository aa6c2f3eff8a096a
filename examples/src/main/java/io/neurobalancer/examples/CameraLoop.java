package io.neurobalancer.examples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.unit.Frequency;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A camera at 30 frames per second: each picture is classified before the next one comes, and the
 * clock goes no faster than that needs.
 *
 * <p>The picture is written into one buffer that the input tensor lies over, so nothing is copied
 * or made anew from frame to frame. The board here is the one of a machine whose clocks nobody may
 * write: decisions are taken, and nothing happens. A real one comes from the module {@code linux}.
 */
public final class CameraLoop {

  private static final double FRAME_SECONDS = 1.0 / 30;
  private static final SettingGrid CLOCKS =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(
                      List.of(Frequency.ofKilohertz(600_000), Frequency.ofKilohertz(1_800_000))))));

  private CameraLoop() {}

  /** Takes the path of a model with one input {@code image} of 1x3x224x224. */
  public static void main(String[] arguments) throws OrtException {
    System.out.println(run(Path.of(arguments[0]), EngineOptions.defaults(), 300));
  }

  static RunResult run(Path model, EngineOptions options, int frames) throws OrtException {
    FloatBuffer pixels =
        ByteBuffer.allocateDirect(4 * 3 * 224 * 224).order(ByteOrder.nativeOrder()).asFloatBuffer();
    DrivenBoard board = new NullBoard(CLOCKS, options.threads());
    try (BalancedSession session = BalancedSession.open(model, options);
        OnnxTensor image =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), pixels, new long[] {1, 3, 224, 224})) {
      session.feed(Map.of("image", image));
      PeriodicRunner runner = new PeriodicRunner(SystemClock.INSTANCE, session, board);
      Schedule schedule = Schedule.of(FRAME_SECONDS, FRAME_SECONDS, frames).warmUp(3);
      double fastest = runner.checkPeriods(schedule, 3).get(0);
      Governor.Factory governor =
          (b, now) -> new Lazy(b, session.streams().get(0).segments(), fastest);
      return runner.run(governor, schedule, new Camera(pixels));
    }
  }

  /** Stands for a camera: each frame is another picture. */
  private record Camera(FloatBuffer pixels) implements RunObserver {
    @Override
    public void released(int stream, int job, double seconds, double deadlineSeconds) {
      for (int p = 0; p < pixels.capacity(); p++) {
        pixels.put(p, (p + job) % 224 / 224f);
      }
    }
  }

  /** Stays slow as long as the rest could still be run fast in time. */
  private static final class Lazy implements Governor {
    private final Board board;
    private final int segments;
    private final double fastestNanos;
    private long deadline;

    Lazy(Board board, int segments, double fastestSeconds) {
      this.board = board;
      this.segments = segments;
      this.fastestNanos = fastestSeconds * 1e9;
    }

    @Override
    public void released(int stream, long now, long deadlineNanos) {
      deadline = deadlineNanos;
    }

    @Override
    public void segmentStarting(int stream, int segment, long now) {
      double restNanos = fastestNanos * (segments - segment) / segments;
      // A slow segment takes three times as long, and then the rest must still be possible.
      boolean slow = deadline - now > restNanos + 3 * fastestNanos / segments;
      board.request(slow ? CLOCKS.slowest() : CLOCKS.fastest());
    }
  }
}
