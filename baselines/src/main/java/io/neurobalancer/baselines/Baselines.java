package io.neurobalancer.baselines;

import io.neurobalancer.baselines.android.AndroidLaws;
import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.ClockLaws;
import io.neurobalancer.baselines.law.CombinedGovernor;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.baselines.linux.LinuxLaws;
import io.neurobalancer.baselines.research.ResearchLaws;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The baseline governors by name. */
public final class Baselines {

  private static final GovernorInfo STOCK =
      new GovernorInfo(
          "stock",
          GovernorInfo.Family.STOCK,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "what the device's image runs",
          "the device's profile names its governors, tunables and sources",
          GovernorInfo.rows());

  private static final ClockLaws CLOCK_LAWS =
      new ClockLaws(
          concat(LinuxLaws.CORE, AndroidLaws.CORE, LinuxLaws.STOCK_CORE),
          concat(AndroidLaws.MEMORY, LinuxLaws.STOCK_MEMORY));

  private static final List<Law> LAWS =
      concat(
          List.of(new Law.Whole(STOCK, Set.of(), Baselines::stock)),
          LinuxLaws.WHOLE,
          LinuxLaws.CORE,
          AndroidLaws.CORE,
          AndroidLaws.MEMORY,
          ResearchLaws.WHOLE);

  private Baselines() {}

  /** Returns all baselines, by family. */
  public static List<GovernorInfo> catalog() {
    return GovernorInfo.byFamily(LAWS.stream().map(Law::info).collect(Collectors.toList()));
  }

  /** Returns what is known about a baseline, by its plain or dotted name. */
  public static Optional<GovernorInfo> find(String name) {
    return law(name).map(Law::info);
  }

  /** Returns governors that a reader may look for and that are not here, with the reason. */
  public static Map<String, String> omitted() {
    return Map.of(
        "gear-dvfs",
        "GearDVFS (MobiCom 2023) is not here: its released trainer observes random states and pays"
            + " a constant reward by default, so its law is not known well enough to be written"
            + " anew.");
  }

  /**
   * Makes a baseline ready for a device, training it first where its law is a trained one. Further
   * clocks than core and memory are held at their fastest.
   *
   * @throws NeuroBalancerException if there is no such governor, a tunable is unknown or wrong, or
   *     the device lacks a clock that the governor sets
   */
  public static Baseline create(GovernorSpec spec, Hardware hardware, Training training) {
    Law law =
        law(spec.name())
            .orElseThrow(
                () ->
                    NeuroBalancerException.invalid(
                        "There is no governor '%s'.%nMaybe use one of: %s."
                            .formatted(
                                spec.name(),
                                LAWS.stream()
                                    .map(known -> known.info().name())
                                    .collect(Collectors.joining(", ")))));
    law.info().check(spec);
    missingClock(law, hardware)
        .ifPresent(
            why -> {
              throw NeuroBalancerException.invalid(
                  why + System.lineSeparator() + "Maybe choose a governor of another clock.");
            });
    GovernorSpec plain = GovernorSpec.of(law.info().name(), spec.tunables());
    Baseline baseline = create(law, plain, hardware, training);
    Governor.Factory factory = holdingFurtherClocks(baseline.factory(), hardware);
    factory.on(new TrialBoard(hardware.grid()), 0);
    return new Baseline(factory, baseline.notes());
  }

  /**
   * Begins a governor of the core clock alone, without voters on the memory clock.
   *
   * @throws NeuroBalancerException if the law or a tunable is not known
   */
  static Governor coreGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    return CLOCK_LAWS.core(spec, hardware, board, nowNanos);
  }

  /** Returns why a governor makes no sense on a device, or empty if it does. */
  public static Optional<String> unfit(GovernorInfo info, Hardware hardware) {
    if (info.hardware() != GovernorInfo.Hardware.ANY && info.hardware() != hardware.kind()) {
      return Optional.of(
          "%s is written for a %s, and %s is a %s."
              .formatted(info.name(), info.hardware(), hardware.name(), hardware.kind()));
    }
    return law(info.name()).flatMap(law -> missingClock(law, hardware));
  }

  private static Optional<Law> law(String name) {
    return LAWS.stream()
        .filter(law -> law.info().name().equals(name) || law.info().dottedName().equals(name))
        .findFirst();
  }

  private static Optional<String> missingClock(Law law, Hardware hardware) {
    String missing =
        law.clocks().contains(FrequencyDomain.Kind.CORE) && !hardware.hasCore()
            ? "core"
            : law.clocks().contains(FrequencyDomain.Kind.MEMORY) && !hardware.hasMemory()
                ? "memory"
                : "";
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s needs a %s clock, and %s has none."
                .formatted(law.info().name(), missing, hardware.name()));
  }

  private static Baseline create(Law law, GovernorSpec spec, Hardware hardware, Training training) {
    if (law instanceof Law.Whole whole) {
      return whole.factory().create(spec, hardware, training, CLOCK_LAWS);
    }
    return law instanceof Law.Core ? core(spec, hardware) : memory(spec, hardware);
  }

  private static Governor.Factory holdingFurtherClocks(
      Governor.Factory factory, Hardware hardware) {
    return (board, nowNanos) -> {
      for (int d = 0; d < hardware.grid().dimensions(); d++) {
        if (d != hardware.coreDomain() && d != hardware.memoryDomain()) {
          board.request(d, hardware.grid().domains().get(d).opps().size() - 1);
        }
      }
      return factory.on(board, nowNanos);
    };
  }

  private static Baseline stock(
      GovernorSpec spec, Hardware hardware, Training training, ClockLaws laws) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "stock on %s is %s on the core clock and %s on the memory clock."
            .formatted(
                hardware.name(), hardware.stockCoreInWords(), hardware.stockVotersInWords()));
    standIn(hardware.stockCoreInWords(), notes);
    return new Baseline(
        (board, nowNanos) ->
            new CombinedGovernor(
                hardware,
                board,
                laws.stockCore(hardware, board, nowNanos),
                laws.stockVoters(hardware, board, nowNanos)),
        notes);
  }

  private static Baseline core(GovernorSpec spec, Hardware hardware) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "%s sets the core clock; the memory clock follows the stock voters of %s (%s)."
            .formatted(spec.name(), hardware.name(), hardware.stockVotersInWords()));
    standIn(spec.name(), notes);
    return new Baseline(
        (board, nowNanos) ->
            new CombinedGovernor(
                hardware,
                board,
                CLOCK_LAWS.core(spec, hardware, board, nowNanos),
                CLOCK_LAWS.stockVoters(hardware, board, nowNanos)),
        notes);
  }

  private static Baseline memory(GovernorSpec spec, Hardware hardware) {
    String note =
        "%s alone votes on the memory clock; the core clock follows the stock governor of %s (%s)."
            .formatted(spec.name(), hardware.name(), hardware.stockCoreInWords());
    return new Baseline(
        (board, nowNanos) ->
            new CombinedGovernor(
                hardware,
                board,
                CLOCK_LAWS.stockCore(hardware, board, nowNanos),
                List.of(CLOCK_LAWS.memory(spec, hardware, board, nowNanos))),
        List.of(note));
  }

  private static void standIn(String law, List<String> notes) {
    if (law.equals(AndroidLaws.STAND_IN)) {
      notes.add(
          "msm-adreno-tz is a stand-in: the real one decides in closed firmware, so its numbers"
              + " bound nothing.");
    }
  }

  @SafeVarargs
  private static <T> List<T> concat(List<? extends T>... lists) {
    List<T> all = new ArrayList<>();
    for (List<? extends T> list : lists) {
      all.addAll(list);
    }
    return List.copyOf(all);
  }
}
