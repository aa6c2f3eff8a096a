package io.neurobalancer.onnx.engine;

import ai.onnxruntime.OnnxValue;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The outputs of a run of a {@link BalancedSession}, as {@code OrtSession.Result}; closing it
 * closes them.
 */
public final class SessionResult implements AutoCloseable, Iterable<Map.Entry<String, OnnxValue>> {
  private final List<String> names;
  private final OnnxValue[] values;
  private boolean closed;

  SessionResult(List<String> names, OnnxValue[] values) {
    this.names = names;
    this.values = values;
  }

  /** Returns the number of outputs. */
  public int size() {
    return values.length;
  }

  /** Returns an output by its place. */
  public OnnxValue get(int index) {
    checkOpen();
    return values[index];
  }

  /** Returns an output by its name. */
  public Optional<OnnxValue> get(String name) {
    checkOpen();
    int index = names.indexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(values[index]);
  }

  @Override
  public Iterator<Map.Entry<String, OnnxValue>> iterator() {
    checkOpen();
    return IntStream.range(0, values.length)
        .<Map.Entry<String, OnnxValue>>mapToObj(
            i -> new SimpleImmutableEntry<>(names.get(i), values[i]))
        .iterator();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The result is closed.");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (OnnxValue value : values) {
        value.close();
      }
    }
  }
}
