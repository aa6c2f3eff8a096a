package io.neurobalancer.files;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Where figures come from.
 *
 * @param sources what source identifiers stand for
 * @param provenance per section, where its figures come from
 * @param fit where parameters were fitted to measurements, how well, or empty
 * @param cautions what a reader of results should know
 */
public record Evidence(
    Map<String, String> sources,
    Map<String, String> provenance,
    Optional<Fit> fit,
    List<String> cautions) {
  public Evidence {
    sources = Map.copyOf(sources);
    provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
    cautions = List.copyOf(cautions);
  }

  Evidence withCaution(String caution) {
    List<String> more = new ArrayList<>(cautions);
    more.add(0, caution);
    return new Evidence(sources, provenance, fit, more);
  }

  /**
   * A fit of parameters to measurements.
   *
   * @param data what was measured, and by whom
   * @param parameters what was fitted
   * @param latencyError mean absolute relative error over the measured points
   * @param powerError mean absolute relative error over the measured points
   */
  public record Fit(
      String data, String parameters, OptionalDouble latencyError, OptionalDouble powerError) {}
}
