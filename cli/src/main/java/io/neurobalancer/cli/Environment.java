package io.neurobalancer.cli;

import io.neurobalancer.onnx.zoo.ModelZoo;
import java.nio.file.Path;

/** What the process learns from its surroundings, in one place. */
final class Environment {

  private Environment() {}

  /** Returns the user's cache directory for generated models. */
  static Path cacheDirectory() {
    return ModelZoo.defaultCacheDirectory(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", "."));
  }

  /**
   * Returns whether a person is watching standard error, so that a progress bar helps. Java 17
   * cannot tell for one stream; the launcher can and says so.
   */
  static boolean interactive() {
    return Boolean.getBoolean("neurobalancer.interactive");
  }
}
