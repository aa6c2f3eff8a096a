package io.neurobalancer.onnx.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** Adds execution providers to the options of a session, in the order of preference. */
@FunctionalInterface
public interface ProviderSetup {

  /** ONNX Runtime's own kernels only. */
  ProviderSetup CPU = options -> {};

  /** Adds the providers; called once for each session that is opened. */
  void addTo(OrtSession.SessionOptions options) throws OrtException;
}
