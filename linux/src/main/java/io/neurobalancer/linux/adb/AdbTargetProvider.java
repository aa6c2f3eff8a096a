package io.neurobalancer.linux.adb;

import io.neurobalancer.linux.Discovery;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.linux.PacedWorkload;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.TargetProvider;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * Opens {@code adb}, the only phone, and {@code adb:SERIAL}: to plan for its clocks. Jobs run on
 * the phone itself, see {@link Bundle}; nothing per operator crosses adb.
 */
public final class AdbTargetProvider implements TargetProvider {

  /** Creates the provider. */
  public AdbTargetProvider() {}

  @Override
  public String scheme() {
    return "adb";
  }

  @Override
  public Target open(String name, List<Workload> workloads, TargetOptions options) {
    if (options.apply()) {
      throw NeuroBalancerException.invalid(
          "Jobs on a phone are not run from here.%nMaybe use 'neurobalancer run --device adb --apply', which runs them there."
              .formatted());
    }
    Phone phone = Phone.connect(AdbServer.standard(System.getenv()), name);
    try {
      Inference paced = PacedWorkload.of(workloads.stream().map(Stream::of).toList());
      return LinuxTarget.dryRun(
          phone.sysfs(),
          Discovery.of(phone.sysfs().snapshot()),
          SystemClock.INSTANCE,
          List.of(),
          closing(paced, phone),
          options.threads().orElse(1));
    } catch (RuntimeException e) {
      phone.close();
      throw e;
    }
  }

  /** A dry run holds no clock, so that the phone may be let go with the workload. */
  private static Inference closing(Inference inference, Phone phone) {
    return new Inference() {
      @Override
      public List<Stream> streams() {
        return inference.streams();
      }

      @Override
      public void run(int stream, int segment) {
        inference.run(stream, segment);
      }

      @Override
      public void close() {
        inference.close();
        phone.close();
      }
    };
  }
}
