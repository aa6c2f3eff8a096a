package io.neurobalancer.target;

import java.util.List;

/**
 * Runs the operators of streams on this machine: an inference engine, or something that stands for
 * one.
 */
public interface Inference extends AutoCloseable {

  /** Returns what can be run. */
  List<Stream> streams();

  /** Runs one segment to its end on the calling thread; segments of a job come in order. */
  void run(int stream, int segment);

  @Override
  void close();
}
