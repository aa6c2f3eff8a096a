package io.neurobalancer.report;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.Stream;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes what happens during a run as a trace that Perfetto and Chrome's viewer open: the Trace
 * Event Format's JSON, event by event, so that a run of any length needs no memory.
 *
 * <p>One process stands for the run. Each stream has two tracks: jobs with their segments inside,
 * and the operators inside the segments; above them an arrow from each release to its job's end.
 * Clocks asked for, clocks read back and slack are counters; a missed deadline is an instant, the
 * rest between jobs has a track of its own. Times are microseconds since the run's start.
 *
 * <p>ONNX Runtime tells no operator's time while it runs, so operators share out their segment by
 * the times they were measured at beforehand, and say so.
 */
public final class ChromeTrace implements RunObserver, AutoCloseable {

  private static final int PROCESS = 1;
  private static final int IDLE_THREAD = 1;

  private final Writer out;
  private final List<Stream> streams;
  private final SettingGrid grid;
  private final List<double[]> operatorSeconds;
  private final double[] releaseSeconds;
  private final double[] deadlineSeconds;
  private final double[] beginSeconds;
  private boolean first = true;
  private boolean closed;
  private @Nullable IOException failure;

  /**
   * Begins a trace.
   *
   * @param out where it goes; closed with the trace
   * @param process what runs where, such as {@code mobilenet-v2 on sim:pixel-4-cpu}
   * @param streams what runs
   * @param grid the clocks
   * @param operatorSeconds per stream, how long each operator takes; empty leaves operators out
   */
  public ChromeTrace(
      Writer out,
      String process,
      List<Stream> streams,
      SettingGrid grid,
      List<double[]> operatorSeconds) {
    this.out = out;
    this.streams = List.copyOf(streams);
    this.grid = grid;
    this.operatorSeconds = List.copyOf(operatorSeconds);
    this.releaseSeconds = new double[streams.size()];
    this.deadlineSeconds = new double[streams.size()];
    this.beginSeconds = new double[streams.size()];
    append("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    metadata("process_name", 0, process);
    metadata("thread_name", IDLE_THREAD, "idle");
    for (int s = 0; s < streams.size(); s++) {
      String name = streams.get(s).workload().name();
      metadata("thread_name", jobThread(s), name + ": jobs and segments");
      if (s < operatorSeconds.size()) {
        metadata("thread_name", jobThread(s) + 1, name + ": operators (shares of their segment)");
      }
    }
  }

  @Override
  public void released(int stream, int job, double seconds, double deadline) {
    releaseSeconds[stream] = seconds;
    deadlineSeconds[stream] = deadline;
    beginSeconds[stream] = Double.NaN;
    event("b", jobName(job), jobThread(stream), seconds, async(stream, job));
  }

  @Override
  public void segment(int stream, int job, int segment, double startSeconds, double endSeconds) {
    if (Double.isNaN(beginSeconds[stream])) {
      beginSeconds[stream] = startSeconds;
    }
    Stream running = streams.get(stream);
    complete(
        "segment " + segment,
        jobThread(stream),
        startSeconds,
        endSeconds,
        "\"job\":"
            + job
            + ",\"first operator\":"
            + quote(name(running, running.firstOperator(segment)))
            + ",\"operators\":"
            + (running.endOperator(segment) - running.firstOperator(segment)));
    if (stream < operatorSeconds.size()) {
      operators(stream, segment, startSeconds, endSeconds);
    }
  }

  private void operators(int stream, int segment, double startSeconds, double endSeconds) {
    Stream running = streams.get(stream);
    double[] seconds = operatorSeconds.get(stream);
    double total = 0;
    for (int i = running.firstOperator(segment); i < running.endOperator(segment); i++) {
      total += known(seconds[i]);
    }
    double at = startSeconds;
    for (int i = running.firstOperator(segment);
        i < running.endOperator(segment) && total > 0;
        i++) {
      double end = at + known(seconds[i]) / total * (endSeconds - startSeconds);
      if (end > at) {
        complete(
            name(running, i),
            jobThread(stream) + 1,
            at,
            end,
            "\"type\":"
                + quote(running.workload().operators().get(i).type())
                + ",\"measured alone (us)\":"
                + number(known(seconds[i]) * 1e6));
      }
      at = end;
    }
  }

  private static double known(double seconds) {
    return seconds > 0 ? seconds : 0;
  }

  @Override
  public void requested(int domain, int opp, double seconds) {
    if (grid.domains().get(domain).opps().size() > 1) { // else there is nothing to ask for
      clock(domain, opp, seconds, "asked for");
    }
  }

  @Override
  public void clock(int domain, int opp, double seconds) {
    clock(domain, opp, seconds, "read back");
  }

  private void clock(int domain, int opp, double seconds, String how) {
    double megahertz = grid.domains().get(domain).opps().frequency(opp).hertz() / 1e6;
    counter(grid.domains().get(domain).name() + " " + how, "MHz", megahertz, seconds);
  }

  @Override
  public void finished(int stream, int job, double responseSeconds, double joules) {
    double end = releaseSeconds[stream] + responseSeconds;
    double slack = deadlineSeconds[stream] - end;
    complete(
        jobName(job),
        jobThread(stream),
        Double.isNaN(beginSeconds[stream]) ? releaseSeconds[stream] : beginSeconds[stream],
        end,
        "\"response (ms)\":"
            + number(responseSeconds * 1e3)
            + ",\"slack (ms)\":"
            + number(slack * 1e3)
            + (Double.isNaN(joules) ? "" : ",\"energy (mJ)\":" + number(joules * 1e3)));
    event("e", jobName(job), jobThread(stream), end, async(stream, job));
    counter("slack of " + streams.get(stream).workload().name(), "ms", slack * 1e3, end);
    if (slack < 0) {
      event(
          "i",
          "deadline missed",
          jobThread(stream),
          end,
          "\"s\":\"t\",\"args\":{\"job\":" + job + ",\"late (ms)\":" + number(-slack * 1e3) + "}");
    }
  }

  @Override
  public void idle(double startSeconds, double endSeconds, double joules) {
    complete(
        "idle",
        IDLE_THREAD,
        startSeconds,
        endSeconds,
        Double.isNaN(joules) ? "" : "\"energy (mJ)\":" + number(joules * 1e3));
  }

  /** Ends the trace; it can be opened from now on. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      append("\n]}\n");
      try {
        out.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
  }

  private static int jobThread(int stream) {
    return 10 * (stream + 1);
  }

  private static String jobName(int job) {
    return job < 0 ? "warm-up " + job : "job " + job;
  }

  private static String name(Stream stream, int operator) {
    return stream.workload().operators().get(operator).name();
  }

  private static String async(int stream, int job) {
    return "\"cat\":\"response\",\"id\":\"" + stream + "." + job + "\"";
  }

  private void metadata(String what, int thread, String name) {
    event("M", what, thread, 0, "\"args\":{\"name\":" + quote(name) + "}");
  }

  private void complete(
      String name, int thread, double startSeconds, double endSeconds, String arguments) {
    event(
        "X",
        name,
        thread,
        startSeconds,
        "\"dur\":" + number((endSeconds - startSeconds) * 1e6) + ",\"args\":{" + arguments + "}");
  }

  private void counter(String name, String unit, double value, double seconds) {
    event("C", name, 0, seconds, "\"args\":{" + quote(unit) + ":" + number(value) + "}");
  }

  private void event(String phase, String name, int thread, double seconds, String more) {
    append(
        (first ? "\n" : ",\n")
            + "{\"ph\":\""
            + phase
            + "\",\"name\":"
            + quote(name)
            + ",\"pid\":"
            + PROCESS
            + ",\"tid\":"
            + thread
            + ",\"ts\":"
            + number(seconds * 1e6)
            + (more.isEmpty() ? "" : "," + more)
            + "}");
    first = false;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Returns a text as JSON writes it. */
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == '\u007f') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private void append(String text) {
    if (failure == null) {
      try {
        out.append(text);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  /** Returns why the trace is not whole; a run goes on without it. */
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }
}
