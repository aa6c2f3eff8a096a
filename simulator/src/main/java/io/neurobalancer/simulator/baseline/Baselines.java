package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.Experiment;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The baseline governors by name. */
public final class Baselines {

  /** Creates a governor of both clocks. */
  private interface Factory {
    Baseline create(GovernorSpec spec, Experiment experiment);
  }

  private record Entry(GovernorInfo info, Factory factory) {}

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    add(StockGovernor.INFO, (spec, experiment) -> stock(profile(experiment)));
    add(
        FixedGovernor.PERFORMANCE,
        (spec, experiment) -> plain(FixedGovernor.performance(experiment.physics().grid())));
    add(
        FixedGovernor.POWERSAVE,
        (spec, experiment) -> plain(FixedGovernor.powersave(experiment.physics().grid())));
    add(FixedGovernor.USERSPACE, (spec, experiment) -> plain(userspace(spec, profile(experiment))));
    for (LinuxGovernors.CoreLaw law : LinuxGovernors.CORE) {
      add(law.info(), (spec, experiment) -> core(spec, profile(experiment)));
    }
    for (LinuxGovernors.MemoryLaw law : LinuxGovernors.MEMORY) {
      add(law.info(), (spec, experiment) -> memory(spec, profile(experiment)));
    }
    add(SysScaleGovernor.INFO, Baselines::sysScale);
    add(CoScaleGovernor.INFO, Baselines::coScale);
    add(GeopmActivityGovernor.INFO, Baselines::geopm);
    add(ZttGovernor.INFO, Baselines::ztt);
    add(HindsightPair.INFO, Baselines::hindsight);
  }

  private Baselines() {}

  private static void add(GovernorInfo info, Factory factory) {
    ENTRIES.put(info.name(), new Entry(info, factory));
  }

  /** Returns all baselines, by family. */
  public static List<GovernorInfo> catalog() {
    return GovernorInfo.byFamily(ENTRIES.values().stream().map(Entry::info).toList());
  }

  /** Returns what is known about a baseline, by its plain or dotted name. */
  public static Optional<GovernorInfo> find(String name) {
    return catalog().stream()
        .filter(info -> info.name().equals(name) || info.dottedName().equals(name))
        .findFirst();
  }

  /** Returns governors that a reader may look for and that are not here, with the reason. */
  public static Map<String, String> omitted() {
    return Map.of(
        "gear-dvfs",
        "GearDVFS (MobiCom 2023) is not here: its released trainer observes random states and pays a"
            + " constant reward by default, so its law is not known well enough to be written anew.");
  }

  /**
   * Creates a baseline for one run of an experiment, training it first where its law is a trained
   * one.
   *
   * @throws GovernorException if there is no such governor, or a tunable is unknown or wrong
   */
  public static Baseline create(GovernorSpec spec, Experiment experiment) {
    GovernorInfo info =
        find(spec.name())
            .orElseThrow(
                () ->
                    new GovernorException(
                        "There is no governor '%s'.%nMaybe use one of: %s."
                            .formatted(spec.name(), String.join(", ", ENTRIES.keySet()))));
    info.check(spec);
    Entry entry = ENTRIES.get(info.name());
    if (entry == null) {
      throw new IllegalStateException(info.name());
    }
    return entry.factory().create(GovernorSpec.of(info.name(), spec.tunables()), experiment);
  }

  /** Returns why a governor makes no sense on a device, or empty if it does. */
  public static Optional<String> unfit(GovernorInfo info, DeviceDescription profile) {
    GovernorInfo.Hardware device =
        profile.kind() == DeviceDescription.Kind.GPU
            ? GovernorInfo.Hardware.GPU
            : GovernorInfo.Hardware.CPU;
    boolean fits = info.hardware() == GovernorInfo.Hardware.ANY || info.hardware() == device;
    return fits
        ? Optional.empty()
        : Optional.of(
            "%s is written for a %s, and %s is a %s."
                .formatted(info.name(), info.hardware(), profile.name(), device));
  }

  private static DeviceDescription profile(Experiment experiment) {
    return experiment.physics().profile();
  }

  private static Baseline plain(Governor governor) {
    return new Baseline(governor, List.of());
  }

  private static Baseline stock(DeviceDescription profile) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "stock on %s is %s on the core clock and %s on the memory clock."
            .formatted(
                profile.name(),
                profile.stockCore().get(0).name(),
                StockGovernor.votersInWords(profile)));
    standIn(profile.stockCore().get(0).name(), notes);
    return new Baseline(StockGovernor.of(profile), notes);
  }

  private static Baseline core(GovernorSpec spec, DeviceDescription profile) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "%s sets the core clock; the memory clock follows the stock voters of %s (%s)."
            .formatted(spec.name(), profile.name(), StockGovernor.votersInWords(profile)));
    standIn(spec.name(), notes);
    return new Baseline(
        new CombinedGovernor(
            spec.name(),
            LinuxGovernors.core(spec, Site.of(profile)),
            StockGovernor.voters(profile)),
        notes);
  }

  private static Baseline memory(GovernorSpec spec, DeviceDescription profile) {
    String note =
        "%s alone votes on the memory clock; the core clock follows the stock governor of %s (%s)."
            .formatted(spec.name(), profile.name(), profile.stockCore().get(0).name());
    return new Baseline(
        new CombinedGovernor(
            spec.name(),
            StockGovernor.core(profile),
            List.of(LinuxGovernors.memory(spec, Site.of(profile)))),
        List.of(note));
  }

  private static Baseline sysScale(GovernorSpec spec, Experiment experiment) {
    return SysScaleGovernor.train(
        spec, profile(experiment), new Characterization(experiment.physics()));
  }

  private static Baseline coScale(GovernorSpec spec, Experiment experiment) {
    return CoScaleGovernor.measure(spec, new Characterization(experiment.physics()));
  }

  private static Baseline geopm(GovernorSpec spec, Experiment experiment) {
    return GeopmActivityGovernor.sweep(
        spec, Site.of(profile(experiment)), new Characterization(experiment.physics()));
  }

  /** Trains on line over jobs of the same kind in other weather, then hands the agent on. */
  private static Baseline ztt(GovernorSpec spec, Experiment experiment) {
    DeviceDescription profile = profile(experiment);
    ZttAgent agent = new ZttAgent(experiment.seed());
    int jobs = ZttGovernor.warmUpJobs(spec, experiment.periodSeconds());
    if (jobs > 0) {
      new Experiment(
              experiment.physics(),
              experiment.weather(),
              experiment.seed() ^ 0x3A57L,
              experiment.deadlineSeconds(),
              experiment.periodSeconds(),
              jobs)
          .run(zttWithVoters(spec, profile, experiment, agent));
    }
    return new Baseline(
        zttWithVoters(spec, profile, experiment, agent), ZttGovernor.notes(spec, agent, profile));
  }

  private static Governor zttWithVoters(
      GovernorSpec spec, DeviceDescription profile, Experiment experiment, ZttAgent agent) {
    return new CombinedGovernor(
        spec.name(),
        new ZttGovernor(spec, profile, experiment.deadlineSeconds(), agent),
        StockGovernor.voters(profile));
  }

  private static Baseline hindsight(GovernorSpec spec, Experiment experiment) {
    HindsightPair governor = HindsightPair.choose(spec, experiment);
    return new Baseline(governor, governor.notes());
  }

  private static void standIn(String law, List<String> notes) {
    if (law.equals(AdrenoTzGovernor.INFO.name())) {
      notes.add(
          "msm-adreno-tz is a stand-in: the real one decides in closed firmware, so its numbers bound"
              + " nothing.");
    }
  }

  private static Governor userspace(GovernorSpec spec, DeviceDescription profile) {
    return FixedGovernor.userspace(
        profile
            .grid()
            .setting(
                opp(spec, "core", profile.coreDomain().opps()),
                opp(spec, "memory", profile.memoryDomain().opps())));
  }

  private static int opp(GovernorSpec spec, String tunable, OppTable opps) {
    String text = spec.text(tunable, "fastest");
    if (text.equals("fastest")) {
      return opps.size() - 1;
    }
    try {
      return opps.indexOf(Frequency.parse(text));
    } catch (IllegalArgumentException e) {
      throw new GovernorException(
          "The tunable %s of governor %s: %s".formatted(tunable, spec.name(), e.getMessage()), e);
    }
  }
}
