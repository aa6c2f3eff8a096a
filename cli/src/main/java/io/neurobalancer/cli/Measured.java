package io.neurobalancer.cli;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.files.CostModelFile;
import io.neurobalancer.files.SamplesFile;
import io.neurobalancer.learned.LearnedPredictor;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was measured before, for the same model on the same device. */
final class Measured {

  private Measured() {}

  /** Reads a samples file or a cost model. */
  static CostModel read(Path file) {
    return file.toString().endsWith(".jsonl")
        ? NeuroBalancer.fit(SamplesFile.read(file))
        : CostModelFile.read(file);
  }

  /**
   * Reads a samples file or a cost model for a target.
   *
   * @throws NeuroBalancerException if it was made for another model, device or grid; the message
   *     shows both hashes
   */
  static CostModel read(Path file, Target target) {
    CostModel costs = read(file);
    Workload workload = target.streams().get(0).workload();
    DeviceIdentity device = target.identity();
    differ(
        file,
        "model",
        costs.provenance().modelName(),
        costs.provenance().modelHash(),
        workload.name(),
        workload.hash(),
        "name that model with --model");
    differ(
        file,
        "device",
        costs.provenance().device().name(),
        costs.provenance().device().hash(),
        device.name(),
        device.hash(),
        "name that device with --device");
    if (!costs.costs().grid().sameClocks(target.grid())) {
      throw NeuroBalancerException.invalid(
          "'%s' was made for other clocks (%d settings) than %s has (%d settings).%nMaybe measure again with 'neurobalancer profile'."
              .formatted(file, costs.costs().settings(), device.name(), target.grid().size()));
    }
    return costs;
  }

  /**
   * Learns from samples of other models on a target's device what its model costs.
   *
   * @throws NeuroBalancerException if there are too few, or one is of another device or of the very
   *     model
   */
  static CostModel learned(List<Path> files, Target target, long seed) {
    Workload workload = target.streams().get(0).workload();
    List<Samples> profiles = new ArrayList<>();
    for (Path file : files) {
      Samples samples = SamplesFile.read(file);
      DeviceIdentity device = target.identity();
      samples
          .provenance()
          .ifPresent(
              provenance ->
                  differ(
                      file,
                      "device",
                      provenance.device().name(),
                      provenance.device().hash(),
                      device.name(),
                      device.hash(),
                      "name that device with --device"));
      if (samples.workload().hash().equals(workload.hash())) {
        throw NeuroBalancerException.invalid(
            "'%s' holds runs of %s itself: there is nothing to learn from others.%nMaybe leave out --predictor learned."
                .formatted(file, workload.name()));
      }
      profiles.add(samples);
    }
    if (profiles.size() < 2) {
      throw NeuroBalancerException.invalid(
          "To learn what %s costs takes samples of at least two other models on this device; there are %d.%nMaybe profile some with 'neurobalancer profile', and name each with --from."
              .formatted(workload.name(), profiles.size()));
    }
    return LearnedPredictor.train(profiles, seed).predict(workload);
  }

  private static void differ(
      Path file,
      String what,
      String madeFor,
      String madeForHash,
      String given,
      String givenHash,
      String advice) {
    if (!madeForHash.equals(givenHash)) {
      throw NeuroBalancerException.invalid(
          "'%s' was made for another %s: %s (hash %s), not %s (hash %s).%nMaybe %s, or measure again with 'neurobalancer profile'."
              .formatted(file, what, madeFor, brief(madeForHash), given, brief(givenHash), advice));
    }
  }

  private static String brief(String hash) {
    return hash.substring(0, Math.min(12, hash.length()));
  }
}
