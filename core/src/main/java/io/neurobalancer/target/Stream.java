package io.neurobalancer.target;

import io.neurobalancer.workload.Workload;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A workload that runs again and again, and where it can be interrupted: governors are asked before
 * each segment.
 *
 * @param workload the operators
 * @param segmentStarts the operators that begin a segment, ascending, the first one 0
 */
public record Stream(Workload workload, List<Integer> segmentStarts) {

  public Stream {
    segmentStarts = List.copyOf(segmentStarts);
    if (segmentStarts.isEmpty() || segmentStarts.get(0) != 0) {
      throw new IllegalArgumentException(
          "The first segment of '" + workload.name() + "' must start at operator 0.");
    }
    for (int s = 1; s < segmentStarts.size(); s++) {
      if (segmentStarts.get(s) <= segmentStarts.get(s - 1)
          || segmentStarts.get(s) >= workload.size()) {
        throw new IllegalArgumentException(
            "The segments of '"
                + workload.name()
                + "' must start at ascending operators below "
                + workload.size()
                + ", not at "
                + segmentStarts
                + ".");
      }
    }
  }

  /** Returns a stream that can be interrupted before every operator. */
  public static Stream of(Workload workload) {
    return new Stream(
        workload, IntStream.range(0, workload.size()).boxed().collect(Collectors.toList()));
  }

  /** Returns the number of segments. */
  public int segments() {
    return segmentStarts.size();
  }

  /** Returns the first operator of a segment. */
  public int firstOperator(int segment) {
    return segmentStarts.get(segment);
  }

  /** Returns the operator after the last one of a segment. */
  public int endOperator(int segment) {
    return segment + 1 < segmentStarts.size() ? segmentStarts.get(segment + 1) : workload.size();
  }
}
