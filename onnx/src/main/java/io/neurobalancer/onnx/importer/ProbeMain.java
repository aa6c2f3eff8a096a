package io.neurobalancer.onnx.importer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The process that a probe runs in. It reads {@code request} in the folder that it is given, writes
 * {@code answer}, or {@code defect} with a stack trace, and ends at once when its parent does.
 */
public final class ProbeMain {

  static final String REQUEST = "request";
  static final String ANSWER = "answer";
  static final String DEFECT = "defect";

  private static final int ORPHANED = 9;

  private ProbeMain() {}

  /**
   * Runs one probe.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    Path scratch = Path.of(arguments[0]);
    endWithParent();
    try {
      Files.write(scratch.resolve(ANSWER), WorkloadCodec.write(answer(scratch)));
    } catch (RuntimeException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      Files.writeString(scratch.resolve(DEFECT), trace.toString());
    }
  }

  private static WorkloadCodec.Answer answer(Path scratch) throws IOException {
    ProbeRequest request = ProbeRequest.read(scratch.resolve(REQUEST));
    try {
      Probe.Found found = Probe.run(request.name(), request.model(), request.bindings(), scratch);
      return new WorkloadCodec.Answer(
          "",
          List.of(found.workload()),
          found.weightFiles().stream().map(ProbeCache::stamp).toList());
    } catch (OnnxModelException e) {
      return new WorkloadCodec.Answer(String.valueOf(e.getMessage()), List.of(), List.of());
    }
  }

  /** The parent holds the other end of standard input: its end is the parent's. */
  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // As good as the end.
              }
              Runtime.getRuntime().halt(ORPHANED);
            },
            "neurobalancer-parent");
    watch.setDaemon(true);
    watch.start();
  }
}
