package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GovernorInfoTest {

  private static GovernorInfo info(String name, GovernorInfo.Family family, String... rows) {
    return new GovernorInfo(
        name,
        family,
        GovernorInfo.Role.MEMORY,
        GovernorInfo.Hardware.ANY,
        "a law",
        "a source",
        GovernorInfo.rows(rows));
  }

  @Test
  void namesAndLabels_areWhatListsPrint() {
    GovernorInfo info = info("ondemand", GovernorInfo.Family.LINUX);
    assertThat(info.dottedName()).isEqualTo("linux.ondemand");
    assertThat(info.role().label()).isEqualTo("memory clock");
    assertThat(info.tunableNames()).isEmpty();
  }

  @Test
  void rows_areNameDefaultAndMeaning() {
    assertThat(GovernorInfo.rows("up | 95 | a limit", "table | | what is measured"))
        .containsExactly(
            new GovernorInfo.Tunable("up", "95", "a limit"),
            new GovernorInfo.Tunable("table", "", "what is measured"));
  }

  @Test
  void aTunableThatThereIsNot_isRefused_andTheOthersAreNamed() {
    GovernorInfo info = info("ondemand", GovernorInfo.Family.LINUX, "up|95|x", "down|5|y");
    info.check(GovernorSpec.parse("ondemand:up=90"));
    assertThatThrownBy(() -> info.check(GovernorSpec.parse("ondemand:sideways=1")))
        .hasMessageContaining("has no tunable 'sideways'")
        .hasMessageContaining("Maybe use up, down.");
    GovernorInfo without = info("performance", GovernorInfo.Family.LINUX);
    assertThatThrownBy(() -> without.check(GovernorSpec.parse("performance:up=1")))
        .hasMessageContaining("Maybe use it without any.");
  }

  @Test
  void byFamily_keepsTheOrderWithinEach() {
    GovernorInfo bound = info("clairvoyant", GovernorInfo.Family.BOUND);
    GovernorInfo first = info("schedutil", GovernorInfo.Family.LINUX);
    GovernorInfo second = info("ondemand", GovernorInfo.Family.LINUX);
    GovernorInfo plan = info("ours", GovernorInfo.Family.PLAN);
    assertThat(GovernorInfo.byFamily(List.of(bound, first, plan, second)))
        .containsExactly(plan, first, second, bound);
  }
}
