package io.neurobalancer.workload;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The resolved shape of a tensor; no dimensions means a scalar.
 *
 * @param dimensions extents, none negative
 */
public record TensorShape(List<Long> dimensions) {

  public TensorShape {
    dimensions = List.copyOf(dimensions);
    for (long extent : dimensions) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "The shape %s has a negative extent; bind every dynamic dimension first.",
                dimensions));
      }
    }
  }

  /** Returns a shape of these extents. */
  public static TensorShape of(long... dimensions) {
    return new TensorShape(Arrays.stream(dimensions).boxed().collect(Collectors.toList()));
  }

  /** Returns the number of dimensions. */
  public int rank() {
    return dimensions.size();
  }

  /** Returns one extent; negative indices count from the end. */
  public long dimension(int index) {
    return dimensions.get(index < 0 ? rank() + index : index);
  }

  /** Returns the number of elements. */
  public long elements() {
    long elements = 1;
    for (long extent : dimensions) {
      elements = Math.multiplyExact(elements, extent);
    }
    return elements;
  }

  /** Returns the extents joined by {@code x}, such as {@code 1x3x224x224}. */
  @Override
  public String toString() {
    return rank() == 0
        ? "scalar"
        : dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
