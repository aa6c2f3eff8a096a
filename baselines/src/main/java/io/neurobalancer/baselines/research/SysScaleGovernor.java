package io.neurobalancer.baselines.research;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.ClockLaws;
import io.neurobalancer.baselines.law.ForwardingBoard;
import io.neurobalancer.baselines.law.ForwardingGovernor;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;

/**
 * SysScale: the memory clock goes to, or stays at, the faster of two points iff any counter of the
 * last 30 ms exceeds its threshold; the cores keep their own governor, under what power budget the
 * memory leaves them.
 *
 * <p>As we understand the paper (J. Haj-Yahya et al., "SysScale", ISCA 2020, arXiv 2005.07613,
 * sections 4.1 to 4.4), whose counters exist on no phone by name. Ported: the averaging of samples
 * over a window, the any-of-N test between neighbouring points, the thresholds fitted by mean plus
 * sigma at a slowdown bound ({@link SysScaleThresholds}). Substituted: DRAM bandwidth for the
 * graphics and CPU bandwidth counters (conditions 2 and 3), the share of time stalled for LLC
 * stalls (4). Left out: static demand and I/O latency (1 and 5), as no panel, camera or I/O device
 * is simulated. A point is found from the fastest downwards: down to the next as long as the test
 * between them allows. {@code points} 2 keeps the paper's shipped two: the fastest clock, and the
 * one nearest to two thirds of it (1066 of 1600 there).
 *
 * <p>Budget: with {@code budget_mw} cores and memory share a budget. Without redistribution the
 * memory's part is that of its fastest point, for ever; with it, what a slower point frees lets the
 * cores clock higher.
 */
final class SysScaleGovernor extends ForwardingGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "sysscale",
          GovernorInfo.Family.RESEARCH,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "memory clock by thresholds trained on this device, cores by the stock governor",
          "Haj-Yahya et al., SysScale, ISCA 2020, as we understand the paper; counters substituted",
          GovernorInfo.rows(
              "window_ms | 30 | evaluation interval",
              "sample_ms | 1 | time between samples",
              "bound | 0.01 | slowdown that training allows",
              "sigma | 1.0 | standard deviations above the mean",
              "points | all | all memory clocks, or 2 as shipped",
              "core_governor | stock | governor of the core clock",
              "budget_mw | 0 | budget of cores and memory; 0 is none",
              "budget_redistribution | on | on: a slower memory leaves its budget to the cores"));

  private static final double LOW_SHARE = 1_066.0 / 1_600;
  private static final double MIB = 1 << 20;

  private final Clock core;
  private final Clock memory;
  private final Budgeted budgeted;
  private final Points points;
  private final long windowNanos;
  private final long sampleNanos;
  private final Window window;
  private long nextSample;
  private long windowEnds;
  private double sumMbps;
  private double sumStalled;
  private int samples;

  /**
   * The points between which the memory clock moves.
   *
   * @param opps memory OPPs, ascending
   * @param thresholds between each point and the next
   * @param coreCap per point, the fastest core OPP that the budget leaves
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Points(int[] opps, SysScaleThresholds[] thresholds, int[] coreCap) {

    int fastest() {
      return opps.length - 1;
    }

    /** Returns the point for the counters of a window, found from the fastest downwards. */
    int decide(double mbps, double stalledShare) {
      int point = fastest();
      while (point > 0 && !thresholds[point - 1].exceeded(mbps, stalledShare)) {
        point--;
      }
      return point;
    }
  }

  /** Begins at the fastest point; the core governor begins on a board that keeps to the budget. */
  static SysScaleGovernor begin(
      GovernorSpec spec,
      Hardware hardware,
      Points points,
      Governor.Factory coreGovernor,
      Board board,
      long nowNanos) {
    Budgeted budgeted =
        new Budgeted(board, hardware.coreDomain(), points.coreCap()[points.fastest()]);
    Governor core = coreGovernor.on(budgeted, nowNanos);
    return new SysScaleGovernor(spec, hardware, points, core, budgeted, board, nowNanos);
  }

  private SysScaleGovernor(
      GovernorSpec spec,
      Hardware hardware,
      Points points,
      Governor coreGovernor,
      Budgeted budgeted,
      Board board,
      long nowNanos) {
    super(coreGovernor);
    this.windowNanos = spec.number("window_ms", 30, 1, 10_000) * 1_000_000;
    this.sampleNanos = spec.number("sample_ms", 1, 1, 10_000) * 1_000_000;
    this.points = points;
    this.budgeted = budgeted;
    this.core = hardware.coreClock(board);
    this.memory = hardware.memoryClock(board);
    this.window =
        new Window(INFO.name(), board, nowNanos, Counter.DRAM_BYTES, Counter.STALLED_CYCLES);
    this.nextSample = nowNanos + sampleNanos;
    this.windowEnds = nowNanos + windowNanos;
    memory.request(points.opps()[points.fastest()]);
  }

  /** Trains on a device. */
  static Baseline train(GovernorSpec spec, Hardware hardware, Training training, ClockLaws laws) {
    TraceMeasurements device = training.traces();
    String coreGovernor = spec.text("core_governor", "stock");
    Governor.Factory core =
        coreGovernor.equals("stock")
            ? (board, nowNanos) -> laws.stockCore(hardware, board, nowNanos)
            : (board, nowNanos) ->
                laws.core(GovernorSpec.of(coreGovernor), hardware, board, nowNanos);
    int[] points = points(spec, hardware.memory());
    SysScaleThresholds[] thresholds = new SysScaleThresholds[points.length - 1];
    double bound = spec.real("bound", 0.01, 0, 1);
    double sigma = spec.real("sigma", 1, 0, 10);
    List<String> notes = new ArrayList<>();
    notes.add(
        "sysscale was trained on this device with %d traces at the fastest core clock (slowdown bound %s, mean plus %s sigma); none is the model itself."
            .formatted(device.traces(), bound, sigma));
    for (int p = 0; p < thresholds.length; p++) {
      thresholds[p] =
          SysScaleThresholds.fit(runs(hardware, device, points[p], points[p + 1]), bound, sigma);
      notes.add(
          "sysscale goes from %s down to %s up to %s."
              .formatted(
                  hardware.memory().frequency(points[p + 1]),
                  hardware.memory().frequency(points[p]),
                  thresholds[p].words()));
    }
    notes.add(
        "sysscale's conditions on static demand and I/O latency are off: no such device is"
            + " simulated.");
    Points trained = new Points(points, thresholds, coreCaps(spec, hardware, device, points));
    return new Baseline(
        (board, nowNanos) -> begin(spec, hardware, trained, core, board, nowNanos), notes);
  }

  static int[] points(GovernorSpec spec, OppTable memory) {
    int all = memory.size();
    String wanted = spec.text("points", "all");
    if (wanted.equals("all") || all < 2) {
      int[] every = new int[all];
      for (int p = 0; p < all; p++) {
        every[p] = p;
      }
      return every;
    }
    if (!wanted.equals("2")) {
      throw NeuroBalancerException.invalid(
          "The tunable points of governor sysscale ('%s') must be all or 2.".formatted(wanted));
    }
    double aim = LOW_SHARE * memory.max().hertz();
    int low = 0;
    for (int p = 1; p < all - 1; p++) {
      double here = Math.abs(memory.frequency(p).hertz() - aim);
      double best = Math.abs(memory.frequency(low).hertz() - aim);
      low = here < best ? p : low;
    }
    return new int[] {low, all - 1};
  }

  private static List<SysScaleThresholds.Run> runs(
      Hardware hardware, TraceMeasurements device, int low, int high) {
    int fastest = hardware.core().size() - 1;
    List<SysScaleThresholds.Run> runs = new ArrayList<>();
    for (int t = 0; t < device.traces(); t++) {
      int x = hardware.setting(fastest, high);
      runs.add(
          new SysScaleThresholds.Run(
              device.seconds(t, hardware.setting(fastest, low)) / device.seconds(t, x) - 1,
              device.bandwidth(t, x),
              device.stalledShare(t, x)));
    }
    return runs;
  }

  /** Returns the fastest core OPP that the budget leaves, per point. */
  private static int[] coreCaps(
      GovernorSpec spec, Hardware hardware, TraceMeasurements device, int[] points) {
    double budgetWatts = spec.number("budget_mw", 0, 0, 1_000_000) * 1e-3;
    String redistribution = spec.text("budget_redistribution", "on");
    if (!redistribution.equals("on") && !redistribution.equals("off")) {
      throw NeuroBalancerException.invalid(
          "The tunable budget_redistribution of governor sysscale ('%s') must be on or off."
              .formatted(redistribution));
    }
    int fastest = hardware.core().size() - 1;
    int[] caps = new int[points.length];
    for (int p = 0; p < caps.length; p++) {
      caps[p] = fastest;
      int reserved = redistribution.equals("on") ? points[p] : points[points.length - 1];
      int x = hardware.setting(fastest, reserved);
      double memoryWatts =
          device.watts(device.streaming(), x) - device.coreWatts(device.streaming(), x);
      while (budgetWatts > 0
          && caps[p] > 0
          && device.coreWatts(device.computing(), hardware.setting(caps[p], reserved)) + memoryWatts
              > budgetWatts) {
        caps[p]--;
      }
    }
    return caps;
  }

  @Override
  public long nextTickNanos() {
    return Math.min(super.nextTickNanos(), nextSample);
  }

  @Override
  public void tick(long nowNanos) {
    super.tick(nowNanos);
    if (nowNanos >= nextSample) {
      sample(nowNanos);
      nextSample = nowNanos + sampleNanos;
      if (nowNanos >= windowEnds) {
        decide();
        windowEnds = nowNanos + windowNanos;
      }
    }
  }

  private void sample(long nowNanos) {
    double seconds = sampleNanos * 1e-9;
    double clock = core.opps().frequency(core.current()).hertz();
    sumMbps += window.since(Counter.DRAM_BYTES) / MIB / seconds;
    sumStalled += window.since(Counter.STALLED_CYCLES) / clock / seconds;
    samples++;
    window.restart(nowNanos);
  }

  private void decide() {
    int point = points.decide(sumMbps / samples, sumStalled / samples);
    sumMbps = 0;
    sumStalled = 0;
    samples = 0;
    budgeted.cap(points.coreCap()[point]);
    memory.request(points.opps()[point]);
  }

  /** The board as the core governor sees it: what it asks for beyond the budget waits. */
  private static final class Budgeted extends ForwardingBoard {
    private final int coreDomain;
    private int cap;
    private int wanted;

    Budgeted(Board board, int coreDomain, int cap) {
      super(board);
      this.coreDomain = coreDomain;
      this.cap = cap;
    }

    void cap(int opp) {
      cap = opp;
      super.request(coreDomain, Math.min(wanted, cap));
    }

    @Override
    public void request(int domain, int opp) {
      if (domain == coreDomain) {
        wanted = opp;
        super.request(domain, Math.min(opp, cap));
      }
    }

    @Override
    public int requested(int domain) {
      return domain == coreDomain ? wanted : super.requested(domain);
    }
  }
}
