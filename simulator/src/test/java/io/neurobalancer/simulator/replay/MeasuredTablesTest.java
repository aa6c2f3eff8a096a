package io.neurobalancer.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.oracle.CertifiedBound;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MeasuredTablesTest {

  private static final String HEADER =
      "operator,core:gpu_megahertz,memory:emc_megahertz,latency_milliseconds,power_watts\n";

  private static final String GOOD =
      HEADER
          + "conv,500,800,4,2\nconv,1000,800,2,3\nconv,500,1600,4,2.5\nconv,1000,1600,2,3.5\n"
          + "relu,500,800,1,2\nrelu,1000,800,1,3\nrelu,500,1600,0.5,2.5\nrelu,1000,1600,0.5,3.5\n";

  private static MeasuredTable table(String text) {
    return MeasuredTables.of(CsvTable.parse("measured.csv", text));
  }

  @Test
  void units_comeFromTheHeader() {
    MeasuredTable table = table(GOOD);
    assertThat(table.grid().describe(table.grid().fastest())).isEqualTo("1000MHz/1600MHz");
    assertThat(table.operatorNames()).containsExactly("conv", "relu");
    // Setting 2 is 1000 MHz / 800 MHz: conv takes 2 ms there at 3 W.
    assertThat(table.latencySeconds(0, 2)).isEqualTo(2e-3);
    assertThat(table.energyJoules(0, 2)).isCloseTo(6e-3, offset(1e-12));
  }

  @Test
  void aRun_addsUpRowsAndSwitches() {
    // conv at setting 2 (2 ms, 6 mJ), relu at setting 3 (0.5 ms, 1.75 mJ), one memory switch up.
    SwitchCosts switches =
        new SwitchCosts(List.of(SwitchCost.FREE, new SwitchCost(1e-3, 9, 2e-3, 9)));
    ReplayedRun run = ReplayedRun.of(table(GOOD), new int[] {2, 3}, switches);
    assertThat(run.makespanSeconds()).isCloseTo(3.5e-3, offset(1e-12));
    assertThat(run.energyJoules()).isCloseTo(9.75e-3, offset(1e-12));
  }

  @Test
  void aRowNobodyMeasured_isRefused_whenARunNeedsIt() {
    MeasuredTable table = table(GOOD.replace("relu,1000,1600,0.5,3.5\n", ""));
    assertThat(table.measured(3)).isFalse();
    assertThatThrownBy(() -> ReplayedRun.of(table, new int[] {3, 3}, SwitchCosts.free(2)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no latency of 'relu' at 1000MHz/1600MHz");
  }

  @Test
  void aTableWithoutEnergy_isMeasuredWithoutIt() {
    MeasuredTable table = table("core:gpu_gigahertz,latency_seconds\n0.5,2\n1,1\n");
    assertThat(table.operatorNames()).containsExactly("job");
    Samples.Run run = new ReplayTarget(table, "hash").measure(0, 1);
    assertThat(run.latencySeconds(0)).isEqualTo(1);
    assertThat(run.energyJoules(0)).isNaN();
  }

  @Test
  void aTarget_remembersWhatWasVisited_andKnowsItsHoles() {
    ReplayTarget target =
        new ReplayTarget(table(GOOD.replace("relu,1000,1600,0.5,3.5\n", "")), "hash");
    target.measure(0, 2);
    target.measure(0, 1);
    assertThat(target.visited()).containsExactly(1, 2);
    assertThat(target.measurable(2)).isTrue();
    assertThat(target.measurable(3)).isFalse();
  }

  @Test
  void aRun_takesAndBurnsWhatItsRowsSay_andTheIdleRowsBetween() {
    // At 1 GHz: 1 s and 3 J per job; idling burns 0.5 W. A period of 4 s: 3 J + 3 s * 0.5 W.
    MeasuredTable table =
        table(
            """
            operator,core:gpu_gigahertz,latency_seconds,energy_joules
            a,1,0.25,1
            b,1,0.75,2
            (idle),1,1,0.5
            """);
    RunResult run =
        new ReplayTarget(table, "hash")
            .run((board, nowNanos) -> new Governor() {}, Schedule.of(4, 2, 5), RunObserver.NONE);
    assertThat(run.energyJoulesPerJob()).isCloseTo(4.5, offset(1e-9));
    assertThat(run.meanResponseSeconds()).isCloseTo(1, offset(1e-9));
    assertThat(run.missRate()).isZero();
  }

  @Test
  void aGovernorThatGoesWhereNobodyMeasured_isToldWhere() {
    ReplayTarget target =
        new ReplayTarget(table(GOOD.replace("relu,1000,1600,0.5,3.5\n", "")), "hash");
    assertThatThrownBy(
            () ->
                target.run(
                    (board, nowNanos) -> {
                      board.request(3);
                      return new Governor() {};
                    },
                    Schedule.of(1, 1, 1),
                    RunObserver.NONE))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no row of 'relu' at 1000MHz/1600MHz");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "latency_milliseconds | latency | the unit of column 'latency' is not clear",
        "latency_milliseconds | latency_ms | Maybe name it latency_seconds",
        "latency_milliseconds | duration | there is no column for the latency",
        "core:gpu_megahertz | core:gpu | the unit of column 'core:gpu' is not clear",
        "core:gpu_megahertz | core:gpu_mhz | the unit of column 'core:gpu_mhz' is not clear",
        "relu,500,800,1,2 | relu,500,800,NaN,2 | latency_milliseconds (NaN) must be a finite number",
        "relu,500,800,1,2 | relu,500,800,0,2 | line 6: latency_milliseconds (0) must be a finite number",
        "relu,500,800,1,2 | relu,500,800,fast,2 | ('fast') is no number",
        "relu,500,800,1,2 | conv,500,800,1,2 | line 6: 'conv' at 500MHz/800MHz was measured in an",
        "relu,500,800,1,2 | relu,500,800,1 | line 6: there are 4 cells, but the header names 5",
        "relu,500,800,1,2 | ,500,800,1,2 | line 6: the operator has no name",
        "power_watts | latency_milliseconds | two columns share a name",
      })
  void badTables_areRefusedWithTheLine(String from, String to, String message) {
    assertThatThrownBy(() -> table(GOOD.replace(from, to)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("measured.csv");
  }

  @Test
  void emptyTables_areRefused() {
    assertThatThrownBy(() -> table("")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> table(HEADER)).hasMessageContaining("no measurement");
    assertThatThrownBy(() -> table("latency_seconds\n1\n")).hasMessageContaining("gives a clock");
  }

  @Test
  void theBoundOfATable_isNoHigherThanAnySettingThatIsInTime_andThatOneIfThereIsNoOther() {
    // The last setting has a hole: nobody may run there, and the bound must not.
    MeasuredTable table = table(GOOD.replace("relu,1000,1600,0.5,3.5\n", ""));
    ReplayTarget target = new ReplayTarget(table, "0".repeat(64));
    // 5 ms at 500/800 (10 mJ), 3 ms at 1000/800 (9 mJ), 4.5 ms at 500/1600 (11.25 mJ).
    for (double period : new double[] {3.1e-3, 4.6e-3, 6e-3}) {
      double bound =
          CertifiedBound.joulesPerJob(target, Schedule.of(period, period, 3)).orElseThrow();
      // conv at 1000/800 for 6 mJ, relu at 500/1600 for 1.25 mJ: the least of all, in 2.5 ms.
      assertThat(bound).isCloseTo(7.25e-3, offset(1e-6));
    }
    MeasuredTable one = table(HEADER + "conv,500,800,4,2\nrelu,500,800,1,2\n");
    assertThat(
            CertifiedBound.joulesPerJob(
                    new ReplayTarget(one, "0".repeat(64)), Schedule.of(6e-3, 6e-3, 3))
                .orElseThrow())
        .isCloseTo(10e-3, offset(1e-6));
    String latencyOnly = "operator,core:gpu_megahertz,latency_milliseconds\nconv,500,4\n";
    assertThat(
            CertifiedBound.joulesPerJob(
                new ReplayTarget(table(latencyOnly), "0".repeat(64)), Schedule.of(6e-3, 6e-3, 3)))
        .isEmpty();
  }

  @Test
  void aPackedTable_isReadAsItIs(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("measured.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(GOOD.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(MeasuredTables.read(file).latencySeconds(0, 2)).isEqualTo(2e-3);
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> MeasuredTables.read(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("cannot be read");
  }
}
