package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GovernorSpecTest {

  @Test
  void parse_readsNameAndTunables_andTablesWithTheirColons() {
    GovernorSpec spec =
        GovernorSpec.parse("mem_latency:core_dev_table=500000:1144 1000000:2086:ratio_ceil=400");
    assertThat(spec.name()).isEqualTo("mem_latency");
    assertThat(spec.text("core_dev_table", "")).isEqualTo("500000:1144 1000000:2086");
    assertThat(spec.number("ratio_ceil", 15)).isEqualTo(400);
    assertThat(GovernorSpec.parse(spec.text())).isEqualTo(spec);
    assertThat(GovernorSpec.parse("stock")).isEqualTo(GovernorSpec.of("stock"));
  }

  @Test
  void parse_refusesWhatIsNoSpec() {
    assertThatThrownBy(() -> GovernorSpec.parse(""))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("has no name");
    assertThatThrownBy(() -> GovernorSpec.parse("util_est=1")).hasMessageContaining("has no name");
    assertThatThrownBy(() -> GovernorSpec.parse("schedutil:fast"))
        .hasMessageContaining("'fast' after the governor schedutil is no tunable");
  }

  @Test
  void numbers_areCheckedAgainstTheirRange() {
    GovernorSpec spec = GovernorSpec.parse("law:a=11:b=half:c=0.5");
    assertThat(spec.number("missing", 7, 0, 10)).isEqualTo(7);
    assertThat(spec.real("c", 1, 0, 1)).isEqualTo(0.5);
    assertThatThrownBy(() -> spec.number("a", 7, 0, 10))
        .hasMessage("The tunable a of governor law (11) must be from 0 to 10.");
    assertThatThrownBy(() -> spec.real("b", 1, 0, 1)).hasMessageContaining("('half')");
    assertThatThrownBy(() -> spec.real("a", 1, 0, 1)).hasMessageContaining("must be from 0.0");
    assertThatThrownBy(() -> spec.number("c", 1)).hasMessageContaining("whole number");
  }

  @Test
  void theEndsOfARange_belongToIt() {
    GovernorSpec spec = GovernorSpec.of("law", Map.of("low", "0", "high", "10"));
    assertThat(spec.name()).isEqualTo("law");
    assertThat(spec.number("low", 7, 0, 10)).isZero();
    assertThat(spec.number("high", 7, 0, 10)).isEqualTo(10);
    assertThat(spec.real("low", 7, 0, 10)).isZero();
    assertThat(spec.real("high", 7, 0, 10)).isEqualTo(10);
    assertThat(spec.real("missing", 7, 0, 10)).isEqualTo(7);
  }

  @Test
  void lists_areSeparatedByBlanksOrCommas() {
    GovernorSpec spec = GovernorSpec.parse("law:delays=1 20,300:bad=1 x");
    assertThat(spec.numbers("delays", 4)).containsExactly(1, 20, 300);
    assertThat(spec.numbers("missing", 4, 5)).containsExactly(4, 5);
    assertThatThrownBy(() -> spec.numbers("bad")).hasMessageContaining("separated by spaces");
  }

  @Test
  void anEqualsSignWithoutAName_belongsToTheValueBefore() {
    GovernorSpec spec = GovernorSpec.parse("law:table=1:=2");
    assertThat(spec.text("table", "")).isEqualTo("1:=2");
  }
}
