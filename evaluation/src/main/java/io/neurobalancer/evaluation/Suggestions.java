package io.neurobalancer.evaluation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** Names that a mistyped one may have meant. */
public final class Suggestions {

  private static final int MOST = 3;
  private static final double LIKE = 0.75;

  private Suggestions() {}

  /** Returns at most three known names, the most similar first; empty if none is like it. */
  public static List<String> nearest(String wanted, Collection<String> known) {
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    String lower = wanted.toLowerCase(Locale.ROOT);
    Comparator<String> bySimilarity =
        Comparator.comparingDouble(name -> -similarity.apply(lower, name));
    return known.stream()
        .filter(name -> similarity.apply(lower, name) >= LIKE)
        .sorted(bySimilarity.thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  /**
   * Returns the second line of a message about an unknown name: what was probably meant, or how to
   * list what there is.
   *
   * @param prefix written before each name, such as {@code zoo:}
   * @param listing the command that lists all names
   */
  public static String maybe(
      String wanted, Collection<String> known, String prefix, String listing) {
    List<String> nearest = nearest(wanted, known);
    if (nearest.isEmpty()) {
      return "%nMaybe see '%s' for what there is.".formatted(listing);
    }
    return "%nMaybe you mean %s ('%s' lists all)."
        .formatted(
            nearest.stream().map(name -> prefix + name).collect(Collectors.joining(" or ")),
            listing);
  }
}
