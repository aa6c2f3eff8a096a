package io.neurobalancer.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A board whose user has changed some settings, which are to be given back whatever happens. */
final class TunedBoard {

  private static final List<String> KEPT =
      List.of(
          FakeKernel.POLICY0 + "/scaling_governor",
          FakeKernel.POLICY0 + "/scaling_min_freq",
          FakeKernel.POLICY0 + "/scaling_max_freq",
          FakeKernel.POLICY0 + "/schedutil/rate_limit_us",
          FakeKernel.POLICY4 + "/scaling_governor",
          FakeKernel.POLICY4 + "/scaling_min_freq",
          FakeKernel.POLICY4 + "/scaling_max_freq",
          FakeKernel.DMC + "/governor",
          FakeKernel.DMC + "/min_freq",
          FakeKernel.DMC + "/max_freq",
          FakeKernel.DMC + "/polling_interval");

  final VirtualClock clock = new VirtualClock();
  final FakeKernel kernel = new FakeKernel(clock);
  final QuietWatch watch = new QuietWatch();
  final RunFolder folder;

  TunedBoard(Path temporary) throws SysfsException {
    folder = new RunFolder(temporary.resolve("run"));
    kernel.write(FakeKernel.POLICY0 + "/schedutil/rate_limit_us", "12345");
    kernel.write(FakeKernel.POLICY4 + "/scaling_min_freq", "900000");
    kernel.write(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
    kernel.write(FakeKernel.DMC + "/min_freq", "800000000");
    clock.advance(50_000_000);
    kernel.writes.clear();
  }

  /** Returns what everything that a run may change says, once the kernel has settled. */
  Map<String, String> state() {
    clock.advance(50_000_000);
    Map<String, String> values = new TreeMap<>();
    for (String path : KEPT) {
      values.put(path, kernel.firstLine(path, "unreadable"));
    }
    return values;
  }

  List<ClockControl> controls() {
    return Discovery.of(kernel).clocks();
  }

  ControlSession open() {
    return ControlSession.open(kernel, clock, folder, watch, controls());
  }

  /** Sends every clock from its slowest OPP to a faster one and back. */
  void drive(ControlSession session) {
    for (int round = 0; round < 3; round++) {
      for (ClockWriter writer : session.writers()) {
        session.set(writer, round == 1 ? 2 : 0, clock.nanoTime());
      }
      clock.advance(30_000_000);
    }
  }
}
