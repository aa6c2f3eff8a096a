package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.files.DeviceDescriptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {

  @TempDir Path folder;

  /** What a command printed and how it ended. */
  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private Outcome compare(String... more) {
    String[] all = new String[more.length + 6];
    all[0] = "compare";
    all[1] = "--out";
    all[2] = folder.resolve("out").toString();
    all[3] = "--jobs";
    all[4] = "40";
    all[5] = "--force";
    System.arraycopy(more, 0, all, 6, more.length);
    return run(all);
  }

  @Test
  void compare_printsTheTable_andWritesReportSummaryAndPlan() throws IOException {
    Outcome outcome = compare();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("65 operators")
        .contains("plan (lagrangian)")
        .contains("neurobalancer-static")
        .contains("clairvoyant");
    JsonNode summary =
        new ObjectMapper().readTree(Files.readString(folder.resolve("out/summary.json")));
    assertThat(summary.get("plan").get("gap").doubleValue()).isBetween(0.0, 0.01);
    JsonNode ours = summary.get("governors").get(0);
    assertThat(ours.get("name").textValue()).isEqualTo("neurobalancer");
    assertThat(ours.get("missRate").doubleValue()).isLessThan(0.05);
    assertThat(ours.get("energyJoulesPerJob").doubleValue()).isPositive();
    assertThat(Files.readString(folder.resolve("out/report.html"))).contains("simulated");

    Outcome explained = run("explain", folder.resolve("out/plan.json").toString());
    assertThat(explained.exitCode()).isZero();
    assertThat(explained.out()).contains("runner-up").contains("compute");
    assertThat(explained.out().lines().filter(l -> l.contains("convolution")).count())
        .isGreaterThan(50);
  }

  @Test
  void anOlderRun_staysUnlessItIsForced_andAPlanThatIsReplacedIsNamed() throws IOException {
    Path page = Files.writeString(folder.resolve("report.html"), "an older run");
    String[] again = {"compare", "--jobs", "40", "-g", "stock", "--out", folder.toString()};
    Outcome refused = run(again);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("holds an older run (report.html of ").contains("--force");
    assertThat(page).hasContent("an older run");
    assertThat(folder.resolve("summary.json")).doesNotExist();

    String[] forced = Arrays.copyOf(again, again.length + 1);
    forced[again.length] = "--force";
    Outcome replaced = run(forced);
    assertThat(replaced.exitCode()).isZero();
    assertThat(replaced.err()).startsWith("Replaces '%s' of ".formatted(page));
    assertThat(Files.readString(page)).contains("simulated");
    // What no comparison writes is no older run.
    assertThat(run("frontier", "--points", "3", "--out", folder.toString()).exitCode()).isZero();

    Outcome plan = run("plan", "--out", folder.resolve("plan.json").toString());
    assertThat(plan.exitCode()).isZero();
    assertThat(plan.err()).startsWith("Replaces '%s' of ".formatted(folder.resolve("plan.json")));
  }

  @Test
  void aDescriptionThatWasFilledIn_isNotBegunAnew() throws IOException {
    Path policy = folder.resolve("sys/devices/system/cpu/cpufreq/policy0");
    Files.createDirectories(policy);
    Map<String, String> files =
        Map.of(
            "affected_cpus", "0",
            "related_cpus", "0",
            "scaling_available_frequencies", "300000 600000",
            "scaling_available_governors", "schedutil userspace",
            "scaling_governor", "schedutil",
            "scaling_min_freq", "300000",
            "scaling_max_freq", "600000",
            "scaling_setspeed", "<unsupported>",
            "scaling_cur_freq", "300000");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(policy.resolve(file.getKey()), file.getValue() + "\n");
    }
    Path board = folder.resolve("board.json");
    String[] init = {"device", "init", "--root", folder.toString(), "--out", board.toString()};
    assertThat(run(init).exitCode()).isZero();
    assertThat(Files.readString(board)).contains("600000");
    Files.writeString(board, "filled in by hand");

    Outcome refused = run(init);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("is there already").contains("--force");
    assertThat(board).hasContent("filled in by hand");
    String[] forced = Arrays.copyOf(init, init.length + 1);
    forced[init.length] = "--force";
    assertThat(run(forced).exitCode()).isZero();
    assertThat(Files.readString(board)).contains("600000");
  }

  @Test
  void sameSeed_writesTheSameSummary() throws IOException {
    compare("--governors", "stock");
    String first = Files.readString(folder.resolve("out/summary.json"));
    compare("--governors", "stock");
    assertThat(Files.readString(folder.resolve("out/summary.json"))).isEqualTo(first);
  }

  @Test
  void plan_writesAFile_thatExplainReads_andCheckConfirms() {
    Path file = folder.resolve("plan.json");
    Outcome planned =
        run(
            "plan",
            "--model",
            "zoo:squeezenet-1.1",
            "--deadline",
            "60ms",
            "--check",
            "--out",
            file.toString());
    assertThat(planned.exitCode()).isZero();
    assertThat(planned.err()).startsWith("Checked: makespan");
    Outcome missing = run("explain", file.toString(), "--operator", "conv_9999");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("no operator 'conv_9999'").contains("Maybe you mean conv_");
  }

  @Test
  void anExactPlan_isProven_andExplainedByOperatorAsTableAndJson() throws IOException {
    Path file = folder.resolve("plan.json");
    Outcome planned =
        run(
            "plan",
            "--planner",
            "exact",
            "--deadline",
            "50ms",
            "--check",
            "--out",
            file.toString());
    assertThat(planned.exitCode()).isZero();
    assertThat(planned.out()).contains("planner exact").contains("gap 0.000 %");
    Outcome all = run("explain", file.toString());
    assertThat(all.out()).contains("more would save uJ/ms").contains("switches cost uJ");
    Outcome one = run("explain", file.toString(), "--operator", "gemm_275", "--json");
    JsonNode json = new ObjectMapper().readTree(one.out());
    assertThat(json.get("operators")).hasSize(1);
    assertThat(json.get("operators").get(0).get("marginalJoulesPerSecond").isNumber()).isTrue();
    assertThat(json.get("segments").get(0).get("switchesCostJoules").isNumber()).isTrue();
  }

  @Test
  void aPlanWithoutABound_saysSo() {
    Path file = folder.resolve("plan.json");
    Outcome planned =
        run("plan", "--planner", "mckp-greedy", "--deadline", "50ms", "--out", file.toString());
    assertThat(planned.out()).contains("no lower bound proven").doesNotContain("one more milli");
  }

  @Test
  void frontier_printsTheTable_andDrawsIt() throws IOException {
    Path out = folder.resolve("frontier");
    Outcome outcome =
        run("frontier", "--deadline", "50ms", "--points", "6", "--out", out.toString());
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("fastest").contains("knee").contains("saves nothing");
    JsonNode json = new ObjectMapper().readTree(Files.readString(out.resolve("frontier.json")));
    assertThat(json.get("points")).hasSize(6);
    assertThat(Files.readString(out.resolve("frontier.html"))).contains("<svg");
    Outcome refused = run("frontier", "--points", "1", "--out", out.toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("number of points (1)");
  }

  @Test
  void aDeadlineBelowTheFastestMakespan_isAFinding_andSaysTheFastest() {
    Outcome outcome = compare("--deadline", "5ms");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("The deadline (5.000 ms) is shorter than the fastest possible job (2")
        .contains("Maybe ask for at least that");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--deadline 50 | '50' has no unit",
        "--deadline 0ms | must be positive",
        "--deadline -5ms | must be positive",
        "--deadline 50msec | unknown unit ('msec')",
        "--deadline soon | 'soon' is not a span of time",
        "--model missing.onnx | There is no model file 'missing.onnx'",
        "--model resnet50 | Maybe you mean zoo:resnet-50",
        "--model zoo:resnet50 | Maybe you mean zoo:resnet-50",
        "--device sim:pixel-4 | Maybe you mean sim:pixel-4-cpu",
        "--device pixel-4-cpu | Maybe you mean sim:pixel-4-cpu",
        "--device sim:nothing.json | cannot be read",
        "--governors stok | Maybe you mean stock",
        "--governors schedutil:up_rate=5 | Maybe you mean up_rate_limit_us",
        "--governors schedutil:up_rate_limit_us=soon | ('soon') must be a whole number",
        "--governors ondemand:up_threshold=101 | (101) must be from 1 to 100",
        "--governors userspace:core=1GHz | Maybe use 1056MHz, the nearest one",
        "--governors core-map | needs the tunable table",
        "--governors :x=1 | has no name",
        "--weather stormy | Maybe use one of: still, nominal, busy, crowded, hot",
        "--dram-power-factor 0 | must be positive",
        "--dram-power-factor -1 | must be positive",
        "--dram-power-factor much | 'much' is not a number",
        "--dram-power-factor NaN | 'NaN' is not a number",
        "--threads 9 | has 3 cores",
        "--shape image | Maybe write it as",
        "--shape picture=1,3,224,224 | has no input 'picture'",
        "--jobs many | --jobs: 'many' is not a whole number",
        "--jobs 3000000000 | is too large",
        "--seed abc | 'abc' is not a whole number",
        "--deadline 10000s | is longer than 1000 s",
        "@/etc/passwd | takes no such argument: @/etc/passwd",
        "--period 10ms | shorter than the deadline",
        "--dedline 50ms | Unknown options: '--dedline'",
      })
  void wrongInput_endsWithOneSentence_andExitCode2(String arguments, String message) {
    Outcome outcome = compare(arguments.split(" ", -1));
    assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
    assertThat(outcome.err().lines().count()).isLessThanOrEqualTo(3);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void governors_areListedInJson_withSourceAndTunables() throws IOException {
    JsonNode list = new ObjectMapper().readTree(run("governors", "--json").out());
    assertThat(list.get("schema").textValue()).isEqualTo("neurobalancer/governors/2");
    JsonNode schedutil = new ObjectMapper().readTree(run("governors", "schedutil", "--json").out());
    JsonNode entry = schedutil.get("governors").get(0);
    assertThat(entry.get("family").textValue()).isEqualTo("linux");
    assertThat(entry.get("tunables").get(0).get("default").textValue()).isEqualTo("500");
    assertThat(run("governors", "schedutl").err()).contains("Maybe you mean schedutil");
  }

  @Test
  void compare_runsOneLawTwice_withOtherTunables_andSkipsOtherHardware() throws IOException {
    Outcome outcome =
        compare("--governors", "stock,schedutil:down_rate_limit_us=500,msm-adreno-tz");
    assertThat(outcome.err())
        .startsWith("msm-adreno-tz was not run: msm-adreno-tz is written for a GPU");
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FINDING);
    JsonNode summary =
        new ObjectMapper().readTree(Files.readString(folder.resolve("out/summary.json")));
    assertThat(summary.get("governors").findValuesAsText("name"))
        .containsExactly("neurobalancer", "stock", "schedutil:down_rate_limit_us=500");
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("msm-adreno-tz was not run: msm-adreno-tz is written for a GPU")
        .contains("the memory clock follows the stock voters of pixel-4-cpu");
  }

  @Test
  void anUnwritableOutputFolder_isNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    Outcome outcome = run("compare", "--jobs", "5", "--out", file.toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("output folder '" + file + "' cannot be written");
    assertThat(Files.readString(file)).isEqualTo("kept");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-j 0|The number of jobs (0) must be positive.",
        "-j 2147483647|The number of jobs (2147483647) is more than 10000000.",
        "-j 10000000 -t 1000s|10000000 jobs with a period of 1000 s last 317 years",
      })
  void aNumberOfJobs_thatNoFigureSurvives_isRefused(String arguments, String message) {
    String out = folder.resolve("out").toString();
    Outcome outcome = run(("compare -o " + out + " " + arguments).split(" ", -1));
    assertThat(outcome.err()).contains(message).contains("Maybe");
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void help_isThereForEveryCommand_shortAndInFullWords() {
    assertThat(run("help", "compare").out())
        .isEqualTo(run("compare", "--help").out())
        .contains("-m, --model")
        .contains("-j, --jobs")
        .contains("-q, --quiet");
    assertThat(run("help", "compare").out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(run("predict", "--help").out()).contains("--at=CLOCK,CLOCK").doesNotContain("...]");
  }

  @Test
  void quiet_leavesDataAndErrors() {
    String file = folder.resolve("plan.json").toString();
    Outcome quiet =
        run("plan", "-q", "-m", "zoo:squeezenet-1.1", "-t", "60ms", "--check", "-o", file);
    assertThat(quiet.err()).isEmpty();
    assertThat(quiet.out()).contains("planner lagrangian");
    assertThat(run("plan", "-q", "-t", "1ms", "-o", file).err()).contains("is shorter than");
  }

  @Test
  void theCache_isNamedAndMeasured() throws IOException {
    run("plan", "-m", "zoo:squeezenet-1.1", "-o", folder.resolve("plan.json").toString());
    assertThat(run("cache").out()).contains("models").contains(" MB");
    JsonNode cache = new ObjectMapper().readTree(run("cache", "--json").out());
    assertThat(cache.get("schema").textValue()).isEqualTo("neurobalancer/cache/1");
    assertThat(cache.get("bytes").longValue()).isGreaterThan(4_000_000);
    assertThat(cache.get("cleared").booleanValue()).isFalse();
  }

  @Test
  void whatReachesATerminal_hasNoControlCharacters() {
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(new SafeWriter(text))) {
      out.print("conv\u001b[31m_1\u009b\u202e\tend\n\u00e9");
    }
    assertThat(text.toString()).isEqualTo("conv\\u001b[31m_1\\u009b\\u202e\tend\n\u00e9");
  }

  @Test
  void listings_nameWhatThereIs() {
    assertThat(run("devices").out()).contains("sim:pixel-4-cpu").contains("710.4MHz to 2419.2MHz");
    assertThat(run("governors").out())
        .contains("stock")
        .contains("oracle")
        .contains("kernel/sched/cpufreq_schedutil.c")
        .contains("GearDVFS");
    assertThat(run("governors", "linux.ondemand").out())
        .startsWith("ondemand (linux.ondemand)")
        .contains("up_threshold");
    assertThat(run("--version").out()).startsWith("neurobalancer 0.");
    assertThat(run().out()).contains("compare").contains("explain");
  }

  @Test
  void devices_sayHowTheirPowerIsKnown() throws IOException {
    Outcome text = run("devices");
    assertThat(text.out().lines().filter(l -> l.startsWith("sim:")).count()).isGreaterThan(30);
    assertThat(text.out()).containsPattern("sim:pixel-4-cpu +cpu .* published ");
    assertThat(text.out()).containsPattern("sim:pixel-7-gpu +gpu .* derived ");
    assertThat(text.out()).containsPattern("sim:jetson-tx2-gpu +gpu .* fitted ");
    JsonNode json = new ObjectMapper().readTree(run("devices", "--json").out());
    assertThat(json.get("schema").textValue()).isEqualTo("neurobalancer/devices/1");
    assertThat(json.get("devices").get(0).get("coreOpps").intValue()).isPositive();
  }

  @Test
  void devicesShow_printsOppsPowerGovernorsAndSources() throws IOException {
    Outcome text = run("devices", "show", "pixel-6-cpu-big");
    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("2802MHz")
        .contains("1291.9")
        .contains("sched_pixel")
        .contains("power.dram: derived:")
        .contains("kdrag0n/freqbench");
    assertThat(run("devices", "show", "sim:pixel-6-cpu-big").out()).isEqualTo(text.out());
    assertThat(run("devices", "show", "jetson-tx2-gpu").out())
        .contains("mean error: latency 6.9 %, power 2.1 %");
    JsonNode json =
        new ObjectMapper().readTree(run("devices", "show", "rk3588-gpu", "--json").out());
    assertThat(json.get("schema").textValue()).isEqualTo("neurobalancer/device-details/1");
    assertThat(json.get("coreDomain").get("opps").get(0).get("microvolts").intValue())
        .isEqualTo(675_000);
  }

  @Test
  void anUnknownDeviceToShow_isSuggestedFor_andABrokenProfileIsNamedWithItsField()
      throws IOException {
    Outcome unknown = run("devices", "show", "pixel-6-cpu-bg");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("Maybe you mean sim:pixel-6-cpu-big");
    Path mine = folder.resolve("mine.json");
    String good;
    try (InputStream in =
        Objects.requireNonNull(DeviceDescriptions.class.getResourceAsStream("pixel-4-cpu.json"))) {
      good = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.writeString(mine, good.replace("\"busyWatts\": 0.21064", "\"busyWatts\": -1"));
    Outcome broken = compare("--device", "sim:" + mine);
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err()).startsWith(mine + ": coreDomain.opps[1].busyWatts (-1 W) must be");
    Files.writeString(mine, good.replace("\"schedutil\"", "\"schedutl\""));
    Outcome governor = run("devices", "show", mine.toString());
    assertThat(governor.exitCode()).isEqualTo(2);
    assertThat(governor.err()).startsWith(mine + ": stock: ").contains("schedut");
    Files.writeString(mine, good);
    assertThat(run("devices", "show", mine.toString()).exitCode()).isZero();
  }

  @Test
  void twiceTheDramPower_costsMoreEnergy_andIsSaidSo() throws IOException {
    compare("--governors", "performance");
    double once = performanceJoules();
    compare("--governors", "performance", "--dram-power-factor", "2");
    assertThat(performanceJoules()).isGreaterThan(1.2 * once);
    assertThat(Files.readString(folder.resolve("out/report.html"))).contains("times 2.0");
  }

  private double performanceJoules() throws IOException {
    JsonNode summary =
        new ObjectMapper().readTree(Files.readString(folder.resolve("out/summary.json")));
    for (JsonNode governor : summary.get("governors")) {
      if (governor.get("name").textValue().equals("performance")) {
        return governor.get("energyJoulesPerJob").doubleValue();
      }
    }
    throw new AssertionError("performance did not run");
  }

  @Test
  void fidelity_withoutMeasurements_saysWhatIsLeftOut_andFitRefuses() throws IOException {
    Path page = folder.resolve("fidelity.md");
    Outcome outcome = run("fidelity", "--data", folder.toString(), "--out", page.toString());
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).contains("jetson-tx2-gpu-emc").contains("left out");
    assertThat(Files.readString(page)).contains("| pixel-4-cpu | 17 |");
    Outcome fit = run("fidelity", "--fit", "--data", folder.toString());
    assertThat(fit.exitCode()).isEqualTo(2);
    assertThat(fit.err()).contains("no measurements to fit").contains("Maybe");
  }
}
