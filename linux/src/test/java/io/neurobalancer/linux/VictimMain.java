package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.SystemClock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that holds clocks and waits to be ended. */
final class VictimMain {

  private VictimMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    LocalSysfs sysfs = new LocalSysfs(Path.of(args[0]));
    RunClock clock = SystemClock.INSTANCE;
    ControlSession session =
        ControlSession.open(
            sysfs,
            clock,
            new RunFolder(Path.of(args[1])),
            new SupervisorProcess(Path.of(args[0]), Long.parseLong(args[3]), clock),
            Discovery.of(sysfs).clocks());
    for (ClockWriter writer : session.writers()) {
      session.set(writer, 1, clock.nanoTime());
    }
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    out.write("holding\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
    switch (args[2]) {
      case "exit" -> session.close();
      case "throw" -> throw new IllegalStateException("as asked");
      default -> {
        while (session.report().isEmpty()) {
          Thread.sleep(5);
        }
        out.write("given back\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        Thread.sleep(60_000);
      }
    }
  }
}
