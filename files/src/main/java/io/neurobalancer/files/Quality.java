package io.neurobalancer.files;

import java.util.Locale;

/** How good a figure of a profile is, told from the text that says where it comes from. */
public enum Quality {
  /** Read in a source. */
  PUBLISHED,
  /** Computed from what a source says, by the formula in the text. */
  DERIVED,
  /** In no source; the text says why this value. */
  ASSUMED;

  /** Returns the quality that a provenance text states by its first word. */
  public static Quality of(String provenance) {
    if (provenance.startsWith("derived:")) {
      return DERIVED;
    }
    return provenance.startsWith("assumed:") ? ASSUMED : PUBLISHED;
  }

  /** Returns the word for it in tables. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
