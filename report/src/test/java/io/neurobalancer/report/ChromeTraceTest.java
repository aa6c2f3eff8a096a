package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ChromeTraceTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu4",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(List.of(new Frequency(600_000_000), new Frequency(1_800_000_000))))));

  private final StringWriter text = new StringWriter();
  private final List<JsonNode> events = new ArrayList<>();

  private static Stream stream() {
    java.util.stream.Stream.Builder<Operator> operators = java.util.stream.Stream.builder();
    for (String name : List.of("first", "se\"co\u001bnd", "third")) {
      operators.add(
          new Operator(
              name,
              "Conv",
              OperatorKind.CONVOLUTION,
              1,
              1,
              1,
              1,
              List.of(),
              List.of(),
              List.of(),
              DataType.FLOAT32));
    }
    return new Stream(new Workload("net", "00", operators.build().toList()), List.of(0, 2));
  }

  private void trace() throws IOException {
    try (ChromeTrace trace =
        new ChromeTrace(
            text,
            "net on a test",
            List.of(stream()),
            GRID,
            List.of(new double[] {3e-3, 1e-3, 5}))) {
      trace.requested(0, 1, 0);
      trace.released(0, 0, 0.010, 0.020);
      trace.requested(0, 0, 0.0105);
      trace.clock(0, 0, 0.0107);
      trace.segment(0, 0, 0, 0.011, 0.015);
      trace.segment(0, 0, 1, 0.016, 0.021);
      trace.finished(0, 0, 0.0115, 0.25);
      trace.idle(0.0215, 0.030, Double.NaN);
    }
    new ObjectMapper().readTree(text.toString()).get("traceEvents").forEach(events::add);
  }

  private List<JsonNode> events(String phase) {
    return events.stream().filter(e -> e.get("ph").asText().equals(phase)).toList();
  }

  private JsonNode complete(String name) {
    return events("X").stream()
        .filter(e -> e.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static double end(JsonNode event) {
    return event.get("ts").asDouble() + event.get("dur").asDouble();
  }

  private static void assertInside(JsonNode inner, JsonNode outer) {
    assertThat(inner.get("ts").asDouble()).isGreaterThanOrEqualTo(outer.get("ts").asDouble());
    assertThat(end(inner)).isLessThanOrEqualTo(end(outer) + 1e-6);
  }

  @Test
  void processAndTracks_areNamed() throws IOException {
    trace();
    assertThat(events("M"))
        .extracting(e -> e.get("args").get("name").asText())
        .containsExactly(
            "net on a test",
            "idle",
            "net: jobs and segments",
            "net: operators (shares of their segment)");
  }

  @Test
  void segmentsNestInJobs_onOneTrack_andOperatorsFillTheirSegments() throws IOException {
    trace();
    JsonNode job = complete("job 0");
    for (int s = 0; s < 2; s++) {
      JsonNode segment = complete("segment " + s);
      assertInside(segment, job);
      assertThat(segment.get("tid")).isEqualTo(job.get("tid"));
    }
    // 3 ms and 1 ms share out the 4 ms from 11 to 15.
    assertThat(complete("first").get("ts").asDouble()).isEqualTo(11_000);
    assertThat(complete("first").get("dur").asDouble()).isCloseTo(3_000, within(0.01));
    assertThat(end(complete("se\"co\u001bnd"))).isCloseTo(15_000, within(0.01));
    assertInside(complete("third"), complete("segment 1"));
    assertThat(complete("third").get("tid")).isNotEqualTo(job.get("tid"));
    assertThat(complete("idle").get("dur").asDouble()).isCloseTo(8_500, within(0.01));
  }

  @Test
  void responses_countFromTheRelease_andAMissIsAnInstant() throws IOException {
    trace();
    assertThat(events("b").get(0).get("ts").asDouble()).isEqualTo(10_000);
    assertThat(events("e").get(0).get("ts").asDouble()).isEqualTo(21_500);
    assertThat(events("b").get(0).get("id")).isEqualTo(events("e").get(0).get("id"));
    assertThat(events("i")).hasSize(1);
    assertThat(events("i").get(0).get("args").get("late (ms)").asDouble()).isEqualTo(1.5);
    assertThat(complete("job 0").get("args").get("energy (mJ)").asDouble()).isEqualTo(250);
  }

  @Test
  void clocksAskedForAndReadBack_andSlack_areCounters() throws IOException {
    trace();
    assertThat(events("C"))
        .extracting(e -> e.get("name").asText() + " " + e.get("args").elements().next().asDouble())
        .containsExactly(
            "cpu4 asked for 1800.0",
            "cpu4 asked for 600.0",
            "cpu4 read back 600.0",
            "slack of net -1.5");
  }

  /** A disk that takes so many characters. */
  private static final class FullDisk extends Writer {
    private int left;

    FullDisk(int left) {
      this.left = left;
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
      left -= length;
      flush();
    }

    @Override
    public void flush() throws IOException {
      if (left < 0) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  @Test
  void aTraceThatCannotBeWritten_letsTheRunGoOn_andSaysWhy() {
    for (int left : new int[] {10, 300, 100_000}) {
      ChromeTrace trace =
          new ChromeTrace(new FullDisk(left), "net", List.of(stream()), GRID, List.of());
      trace.released(0, 0, 0.010, 0.020);
      trace.segment(0, 0, 0, 0.011, 0.015);
      trace.close();
      assertThat(trace.failure().map(Throwable::getMessage))
          .isEqualTo(left < 100_000 ? Optional.of("No space left on device") : Optional.empty());
    }
  }
}
