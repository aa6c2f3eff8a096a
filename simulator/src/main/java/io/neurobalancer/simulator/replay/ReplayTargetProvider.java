package io.neurobalancer.simulator.replay;

import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.TargetProvider;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Opens {@code replay:FILE.csv}, a table of measurements. */
public final class ReplayTargetProvider implements TargetProvider {

  @Override
  public String scheme() {
    return "replay";
  }

  @Override
  public boolean bringsWorkload() {
    return true;
  }

  @Override
  public Target open(String name, List<Workload> workloads, TargetOptions options) {
    Path file;
    try {
      file = Path.of(name);
    } catch (InvalidPathException e) {
      throw NeuroBalancerException.invalid(
          "'%s' is no file name.%nMaybe write --device replay:FILE.csv.".formatted(name), e);
    }
    MeasuredTable table = MeasuredTables.read(file);
    return new ReplayTarget(table, sha256(file));
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The table '%s' cannot be read.%nMaybe check its permissions.".formatted(file), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
