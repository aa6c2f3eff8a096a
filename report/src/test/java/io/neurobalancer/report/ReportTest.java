package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.files.FrontierDocument;
import io.neurobalancer.files.Subject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

final class ReportTest {

  @Test
  void summary_hasTheFieldsOfItsSchema_andNullForWhatWasNotRun() throws IOException {
    String text = Samples.comparison().summary().toJson();
    assertThat(Samples.comparison().summary().toJson()).isEqualTo(text);
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
        .contains("conv&lt;1&gt;")
        .doesNotContain("conv<1>");
    // One script, the same in every report, which sorts; no figure that is none outside of it.
    assertThat(page.split("<script", -1)).hasSize(2);
    assertThat(page.replaceAll("(?s)<script>.*</script>", "")).doesNotContain("NaN");
    int drawings = 0;
    for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
      String svg = page.substring(at, page.indexOf("</svg>", at) + 6);
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
      drawings++;
    }
    assertThat(drawings).isEqualTo(4);
  }

  @Test
  void page_saysWhenJobsEnded_andFitsPhonesAndPaper() {
    String page = HtmlReport.write(Samples.comparison());
    assertThat(page)
        .contains("p50, ms", "p95, ms", "p99, ms")
        .contains("cores, mJ", "idle, mJ")
        .contains(
            "<td data-label=\"p50, ms\">47.000</td>", "<td data-label=\"p99, ms\">52.000</td>")
        .contains("@media print")
        .contains("@media(max-width:600px)");
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
            new Subject("d", "h"),
            new Subject("m", "h"),
            0.05,
            0.02,
            0.02,
            0.02,
            0.05,
            0.02,
            whole.points().subList(0, 1));
    assertThat(FrontierPage.write(one)).contains("fastest, 20.00 ms").doesNotContain("NaN");
  }

  @Test
  void ticks_areRoundNumbers() {
    assertThat(Svg.ticks(0, 2_400, 4)).containsExactly(0.0, 1_000.0, 2_000.0);
    assertThat(Svg.ticks(25, 45, 4)).containsExactly(25.0, 30.0, 35.0, 40.0, 45.0);
  }

  @Test
  void longNames_loseTheirMiddle_andKeepMostOfTheirEnd() {
    assertThat(TextTable.elided("conv_2", 12)).isEqualTo("conv_2");
    // Twelve characters: three dots, and of the other nine six from the end.
    assertThat(TextTable.elided("/encoder/layer.5/MatMul_1", 12)).isEqualTo("/en...tMul_1");
  }
}
