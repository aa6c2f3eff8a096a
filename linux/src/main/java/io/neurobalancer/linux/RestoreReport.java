package io.neurobalancer.linux;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What was given back, and what was not.
 *
 * @param items one per value of the journal, in its order
 * @param problems what the journal itself did not tell any more
 */
public record RestoreReport(List<Item> items, List<String> problems) {

  /** How giving back one value ended. */
  public enum Outcome {
    /** It was there already. */
    UNCHANGED,
    /** Written, and read back. */
    RESTORED,
    /** Written to a file that cannot be read. */
    WRITTEN_UNREAD,
    /** The kernel took it, and a cap (heat, power) hides it for now. */
    CAPPED,
    /** It is not back. */
    NOT_BACK,
    /** It was not written, because it must not be. */
    REFUSED
  }

  /**
   * One value.
   *
   * @param path of the file
   * @param wanted the value to give back
   * @param now what the file says now, empty if it cannot be read
   * @param outcome how it ended
   * @param why it is not back, empty if it is
   */
  public record Item(String path, String wanted, String now, Outcome outcome, String why) {

    /** Returns whether the value is back, as far as can be told. */
    public boolean back() {
      return outcome != Outcome.NOT_BACK && outcome != Outcome.REFUSED;
    }

    @Override
    public String toString() {
      return switch (outcome) {
        case UNCHANGED -> path + " is " + wanted + " already";
        case RESTORED -> path + " is " + wanted + " again";
        case WRITTEN_UNREAD -> path + " was written " + wanted + " and cannot be read back";
        case CAPPED -> path + " was given back " + wanted + " and is capped at " + now + " for now";
        case NOT_BACK ->
            path
                + " is not back at "
                + wanted
                + (now.isEmpty() ? "" : " but at " + now)
                + because();
        case REFUSED -> path + " was not written " + wanted + because();
      };
    }

    private String because() {
      return why.isEmpty() ? "" : ": " + why;
    }
  }

  public RestoreReport {
    items = List.copyOf(items);
    problems = List.copyOf(problems);
  }

  /** Returns whether everything is back and the journal was whole. */
  public boolean complete() {
    return problems.isEmpty() && items.stream().allMatch(Item::back);
  }

  /** Returns a sentence per value that is not back, and per problem of the journal. */
  public List<String> failures() {
    return java.util.stream.Stream.concat(
            items.stream().filter(i -> !i.back()).map(Item::toString), problems.stream())
        .collect(Collectors.toList());
  }
}
