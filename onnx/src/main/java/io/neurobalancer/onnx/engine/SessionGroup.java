package io.neurobalancer.onnx.engine;

import io.neurobalancer.target.Inference;
import io.neurobalancer.target.Stream;
import java.util.List;

/** Several models on one machine, one stream each; closing it closes them. */
public final class SessionGroup implements Inference {

  private final List<BalancedSession> sessions;

  /** Groups sessions that take their inputs from {@link BalancedSession#feed}. */
  public SessionGroup(List<BalancedSession> sessions) {
    this.sessions = List.copyOf(sessions);
  }

  @Override
  public List<Stream> streams() {
    return sessions.stream().map(session -> session.streams().get(0)).toList();
  }

  @Override
  public void run(int stream, int segment) {
    sessions.get(stream).run(0, segment);
  }

  @Override
  public void close() {
    sessions.forEach(BalancedSession::close);
  }
}
