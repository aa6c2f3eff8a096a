package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {

  @Test
  void summary_hasTheFieldsOfItsSchema_andNullForWhatWasNotRun() throws IOException {
    String text = SummaryJson.write(Samples.comparison());
    assertThat(SummaryJson.write(Samples.comparison())).isEqualTo(text);
    JsonNode root = new ObjectMapper().readTree(text);
    assertThat(root.get("schema").textValue()).isEqualTo("neurobalancer/summary/1");
    assertThat(root.get("device").get("simulated").booleanValue()).isTrue();
    assertThat(root.get("model").get("flops").longValue()).isEqualTo(1_000_000);
    assertThat(root.get("deadlineSeconds").doubleValue()).isEqualTo(0.05);
    assertThat(root.get("fastestMakespanSeconds").doubleValue()).isEqualTo(0.02);
    assertThat(root.get("plan").get("gap").doubleValue()).isEqualTo(0.005);
    assertThat(root.get("plan").get("segments").intValue()).isEqualTo(1);
    JsonNode ours = root.get("governors").get(0);
    assertThat(ours.get("name").textValue()).isEqualTo("neurobalancer-static");
    assertThat(ours.get("energyJoulesPerJob").doubleValue()).isEqualTo(0.020);
    assertThat(ours.get("savingVsPerformance").isNull()).isTrue();
    assertThat(root.get("governors").get(2).get("savingVsStock").isNull()).isTrue();
  }

  @Test
  void page_isSelfContained_escaped_andItsDrawingsAreWellFormed() throws Exception {
    String page = HtmlReport.write(Samples.comparison());
    assertThat(page)
        .contains("simulated")
        .contains("odd &lt;name&gt; &amp; &quot;more&quot;")
        .doesNotContain("<name>")
        .doesNotContain("http")
        .doesNotContain("<script")
        .doesNotContain("NaN");
    int drawings = 0;
    for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
      String svg = page.substring(at, page.indexOf("</svg>", at) + 6);
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
      drawings++;
    }
    assertThat(drawings).isEqualTo(3);
  }

  @Test
  void table_alignsTextLeftAndNumbersRight() {
    assertThat(new TextTable("name", ">mJ").row("a", "1.00").row("longer", "12.50").render())
        .isEqualTo(
            """
            name       mJ
            ------  -----
            a        1.00
            longer  12.50
            """);
    assertThatThrownBy(() -> new TextTable("a").row("1", "2")).hasMessageContaining("1 cells");
  }

  @Test
  void planFile_readsBackAsItWasWritten(@TempDir Path folder) {
    Path file = folder.resolve("plan.json");
    AtomicFiles.write(file, Samples.plan().toJson());
    assertThat(PlanDocument.read(file)).isEqualTo(Samples.plan());
  }

  @Test
  void planFiles_thatAreNone_areRefusedWithFileAndField(@TempDir Path folder) throws IOException {
    String good = Samples.plan().toJson();
    Path file = folder.resolve("plan.json");
    assertThatThrownBy(() -> PlanDocument.read(file))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("There is no plan file");
    assertRefused(file, good.substring(0, good.length() / 2), "no valid JSON (line");
    assertRefused(file, good.replace("plan/1", "plan/9"), "schema is 'neurobalancer/plan/9'");
    assertRefused(file, good.replace("\"gap\"", "\"gab\""), "gap is missing");
    assertRefused(file, good.replace("0.0201", "\"much\""), "energyJoules must be a number");
    assertRefused(
        file, good.replace("1000000000", "-5"), "operators[0].hertz must be 2 positive clocks");
  }

  private static void assertRefused(Path file, String json, String message) throws IOException {
    Files.writeString(file, json);
    assertThatThrownBy(() -> PlanDocument.read(file))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("plan.json")
        .hasMessageContaining(message)
        .hasMessageContaining("Maybe");
  }

  @Test
  void anUnwritableFolder_isNamed_andNothingIsLeftBehind(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    assertThatThrownBy(() -> AtomicFiles.prepareFolder(file))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("output folder '" + file + "' cannot be written");
    assertThatThrownBy(() -> AtomicFiles.write(file.resolve("x"), "text"))
        .isInstanceOf(ReportException.class);
    AtomicFiles.prepareFolder(folder.resolve("a/b"));
    AtomicFiles.write(folder.resolve("a/b/x"), "text");
    assertThat(Files.readString(file)).isEqualTo("kept");
    try (var files = Files.list(folder.resolve("a/b"))) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactly("x");
    }
  }

  @Test
  void frontier_isDrawnWithItsMarks_andWrittenAsJson() throws IOException {
    FrontierDocument document = Samples.frontier();
    String page = FrontierPage.write(document);
    assertThat(page)
        .contains("fastest, 20.00 ms")
        .contains("more time saves nothing, 40.00 ms")
        .contains("knee: 30.00 ms")
        .contains("cheapest pace without pauses, 35.00 ms")
        .contains("asked for: 33.00 ms")
        .contains("more than 1.000 %")
        .doesNotContain("NaN")
        .doesNotContain("<script");
    JsonNode json = new ObjectMapper().readTree(document.toJson());
    assertThat(json.get("schema").textValue()).isEqualTo("neurobalancer/frontier/1");
    assertThat(json.get("kneeSeconds").doubleValue()).isEqualTo(0.03);
    assertThat(json.get("points").get(1).get("gap").doubleValue())
        .isCloseTo(0.01, org.assertj.core.api.Assertions.within(1e-12));
  }

  @Test
  void aFrontierOfOnePoint_canBeDrawnToo() {
    FrontierDocument whole = Samples.frontier();
    FrontierDocument one =
        new FrontierDocument(
            "c",
            "v",
            1,
            "d",
            "h",
            "m",
            "h",
            0.05,
            0.02,
            0.02,
            0.02,
            0.05,
            0,
            whole.points().subList(0, 1));
    assertThat(FrontierPage.write(one)).contains("fastest, 20.00 ms").doesNotContain("NaN");
  }

  @Test
  void ticks_areRoundNumbers() {
    assertThat(Svg.ticks(0, 2_400, 4)).containsExactly(0.0, 1_000.0, 2_000.0);
    assertThat(Svg.ticks(25, 45, 4)).containsExactly(25.0, 30.0, 35.0, 40.0, 45.0);
  }
}
