package io.neurobalancer.cli;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.evaluation.Comparison;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.onnx.importer.CacheFolder;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.report.StudyReport;
import io.neurobalancer.simulator.SimulatedTarget;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** What the process learns from its surroundings, in one place. */
final class Environment {

  /** The build hash of classes that lie in folders and may change under one's hands. */
  static final String DEVELOPMENT = "development";

  /** One class of each module that results depend on. */
  private static final List<Class<?>> MODULES =
      List.of(
          Plan.class,
          DeviceDescription.class,
          OnnxWorkloads.class,
          SimulatedTarget.class,
          Baselines.class,
          LinuxTarget.class,
          Comparison.class,
          StudyReport.class,
          Environment.class);

  private Environment() {}

  /**
   * Returns what tells this build from others: a digest over the project's jars, or {@code
   * development} where classes lie in folders.
   */
  static String buildHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Class<?> module : MODULES) {
        Path jar = Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(jar)) {
          return DEVELOPMENT;
        }
        digest.update(Files.readAllBytes(jar));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException | IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the user's cache directory for generated models. */
  static Path cacheDirectory() {
    return CacheFolder.ofUser();
  }

  /**
   * Returns whether a person is watching standard error on a terminal that can redraw a line, so
   * that a progress bar helps. Java 17 cannot tell for one stream; the launcher can and says so.
   */
  static boolean interactive() {
    return Boolean.getBoolean("neurobalancer.interactive") && !"dumb".equals(System.getenv("TERM"));
  }

  /**
   * Returns how many characters a line of standard output holds, as the launcher found: as many as
   * there are where that is no terminal.
   */
  static int columns() {
    int columns = Integer.getInteger("neurobalancer.columns", 0);
    return columns < 20 ? Integer.MAX_VALUE : columns;
  }
}
