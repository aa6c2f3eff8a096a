package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTableTest {

  private static final TextTable TABLE =
      new TextTable("governor", ">mJ/job", ">vs performance", "what it is")
          .row("stock", "12.34", "-30.0 %", "the governors that the device ships with")
          .row("a-name-without-any-blank-in-it", "1.20", "+1.5 %", "short");

  @Test
  void aWideTable_isOneLinePerRow() {
    assertThat(TABLE.render())
        .isEqualTo(
            """
            governor                        mJ/job  vs performance  what it is
            ------------------------------  ------  --------------  ----------------------------------------
            stock                            12.34         -30.0 %  the governors that the device ships with
            a-name-without-any-blank-in-it    1.20          +1.5 %  short
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 80, 60, 52})
  void aNarrowTable_fits_andLosesNothing(int columns) {
    String text = TABLE.render(columns);
    assertThat(text.lines()).allMatch(line -> line.length() <= columns);
    assertThat(letters(text)).isEqualTo(letters(TABLE.render()));
    assertThat(text).contains("12.34").contains("-30.0 %");
  }

  @Test
  void numbers_areNeverBroken_evenWhereTheTableStaysTooWide() {
    assertThat(TABLE.render(5)).contains("-30.0 %").contains("12.34");
  }

  /** How often each character is there, blanks and rules aside. */
  private static List<String> letters(String text) {
    return Arrays.stream(text.split("", -1))
        .filter(c -> !c.isBlank())
        .collect(Collectors.groupingBy(c -> c, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(entry -> !entry.getKey().equals("-"))
        .map(Object::toString)
        .sorted()
        .toList();
  }
}
