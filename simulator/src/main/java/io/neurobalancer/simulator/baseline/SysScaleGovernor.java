package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Actuator;
import io.neurobalancer.governor.EnergyMeter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
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
final class SysScaleGovernor implements Governor {

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

  private final Governor core;
  private final long windowNanos;
  private final long sampleNanos;
  private final int[] points;
  private final SysScaleThresholds[] thresholds;
  private final int[] coreCap;
  private final Ports ports = new Ports();
  private int point;
  private int cap;
  private int wantedCore;
  private long nextSample;
  private long windowEnds;
  private double lastBytes;
  private double lastStalled;
  private double sumMbps;
  private double sumStalled;
  private int samples;

  /**
   * Creates a trained governor.
   *
   * @param core governor of the core clock
   * @param points memory OPPs, ascending
   * @param thresholds between each point and the next
   * @param coreCap per point, the fastest core OPP that the budget leaves
   */
  SysScaleGovernor(
      GovernorSpec spec,
      Governor core,
      int[] points,
      SysScaleThresholds[] thresholds,
      int[] coreCap) {
    this.windowNanos = spec.number("window_ms", 30, 1, 10_000) * 1_000_000;
    this.sampleNanos = spec.number("sample_ms", 1, 1, 10_000) * 1_000_000;
    this.core = core;
    this.points = points;
    this.thresholds = thresholds;
    this.coreCap = coreCap;
  }

  /** Trains on a device. */
  static Baseline train(GovernorSpec spec, DeviceDescription profile, Characterization device) {
    String coreGovernor = spec.text("core_governor", "stock");
    Governor core =
        coreGovernor.equals("stock")
            ? StockGovernor.core(profile)
            : LinuxGovernors.core(GovernorSpec.of(coreGovernor), Site.of(profile));
    int[] points = points(spec, profile);
    SysScaleThresholds[] thresholds = new SysScaleThresholds[points.length - 1];
    double bound = spec.real("bound", 0.01, 0, 1);
    double sigma = spec.real("sigma", 1, 0, 10);
    List<String> notes = new ArrayList<>();
    notes.add(
        "sysscale was trained on this device with %d traces at the fastest core clock (slowdown bound %s, mean plus %s sigma); none is the model itself."
            .formatted(device.traces(), bound, sigma));
    for (int p = 0; p < thresholds.length; p++) {
      thresholds[p] = SysScaleThresholds.fit(runs(device, points[p], points[p + 1]), bound, sigma);
      notes.add(
          "sysscale goes from %s down to %s up to %s."
              .formatted(
                  device.memoryClock(points[p + 1]),
                  device.memoryClock(points[p]),
                  thresholds[p].words()));
    }
    notes.add(
        "sysscale's conditions on static demand and I/O latency are off: no such device is simulated.");
    int[] caps = coreCaps(spec, device, points);
    return new Baseline(new SysScaleGovernor(spec, core, points, thresholds, caps), notes);
  }

  private static int[] points(GovernorSpec spec, DeviceDescription profile) {
    int all = profile.memoryDomain().opps().size();
    String wanted = spec.text("points", "all");
    if (wanted.equals("all") || all < 2) {
      int[] every = new int[all];
      for (int p = 0; p < all; p++) {
        every[p] = p;
      }
      return every;
    }
    if (!wanted.equals("2")) {
      throw new GovernorException(
          "The tunable points of governor sysscale ('%s') must be all or 2.".formatted(wanted));
    }
    double aim = LOW_SHARE * profile.memoryDomain().opps().max().hertz();
    int low = 0;
    for (int p = 1; p < all - 1; p++) {
      double here = Math.abs(profile.memoryDomain().opps().frequency(p).hertz() - aim);
      double best = Math.abs(profile.memoryDomain().opps().frequency(low).hertz() - aim);
      low = here < best ? p : low;
    }
    return new int[] {low, all - 1};
  }

  private static List<SysScaleThresholds.Run> runs(Characterization device, int low, int high) {
    int fastest = device.coreOpps() - 1;
    List<SysScaleThresholds.Run> runs = new ArrayList<>();
    for (int t = 0; t < device.traces(); t++) {
      int x = device.setting(fastest, high);
      runs.add(
          new SysScaleThresholds.Run(
              device.seconds(t, device.setting(fastest, low)) / device.seconds(t, x) - 1,
              device.bandwidth(t, x),
              device.stalledShare(t, x)));
    }
    return runs;
  }

  /** Returns the fastest core OPP that the budget leaves, per point. */
  private static int[] coreCaps(GovernorSpec spec, Characterization device, int[] points) {
    double budgetWatts = spec.number("budget_mw", 0, 0, 1_000_000) * 1e-3;
    String redistribution = spec.text("budget_redistribution", "on");
    if (!redistribution.equals("on") && !redistribution.equals("off")) {
      throw new GovernorException(
          "The tunable budget_redistribution of governor sysscale ('%s') must be on or off."
              .formatted(redistribution));
    }
    int fastest = device.coreOpps() - 1;
    int[] caps = new int[points.length];
    for (int p = 0; p < caps.length; p++) {
      caps[p] = fastest;
      int reserved = redistribution.equals("on") ? points[p] : points[points.length - 1];
      int x = device.setting(fastest, reserved);
      double memoryWatts =
          device.watts(device.streaming(), x) - device.coreWatts(device.streaming(), x);
      while (budgetWatts > 0
          && caps[p] > 0
          && device.coreWatts(device.computing(), device.setting(caps[p], reserved)) + memoryWatts
              > budgetWatts) {
        caps[p]--;
      }
    }
    return caps;
  }

  @Override
  public String name() {
    return "sysscale";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    point = points.length - 1;
    cap = coreCap[point];
    core.start(nowNanos, new Budgeted(device));
    ports.requestMemory(points[point]);
    nextSample = nowNanos + sampleNanos;
    windowEnds = nowNanos + windowNanos;
    remember();
  }

  @Override
  public long nextTickNanos() {
    return Math.min(core.nextTickNanos(), nextSample);
  }

  @Override
  public void tick(long nowNanos) {
    if (nowNanos >= core.nextTickNanos()) {
      core.tick(nowNanos);
    }
    if (nowNanos >= nextSample) {
      sample();
      nextSample = nowNanos + sampleNanos;
      if (nowNanos >= windowEnds) {
        decide();
        windowEnds = nowNanos + windowNanos;
      }
    }
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    core.jobReleased(nowNanos, deadlineNanos);
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    core.operatorStarting(operator, nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    core.jobFinished(nowNanos);
  }

  private void sample() {
    LoadMeter meter = ports.machine().loadMeter();
    double seconds = sampleNanos * 1e-9;
    double clock =
        ports
            .machine()
            .grid()
            .domains()
            .get(DeviceDescription.CORE)
            .opps()
            .frequency(ports.currentCore())
            .hertz();
    sumMbps += (meter.dramBytes() - lastBytes) / MIB / seconds;
    sumStalled += (meter.stalledCycles() - lastStalled) / clock / seconds;
    samples++;
    remember();
  }

  private void remember() {
    LoadMeter meter = ports.machine().loadMeter();
    lastBytes = meter.dramBytes();
    lastStalled = meter.stalledCycles();
  }

  private void decide() {
    double mbps = sumMbps / samples;
    double stalled = sumStalled / samples;
    sumMbps = 0;
    sumStalled = 0;
    samples = 0;
    int next = points.length - 1;
    while (next > 0 && !thresholds[next - 1].exceeded(mbps, stalled)) {
      next--;
    }
    point = next;
    cap = coreCap[point];
    ports.requestCore(Math.min(wantedCore, cap));
    ports.requestMemory(points[point]);
  }

  /** The machine as the core governor sees it: what it asks for beyond the budget waits. */
  private final class Budgeted implements Machine, Actuator {
    private final Machine machine;

    Budgeted(Machine machine) {
      this.machine = machine;
    }

    @Override
    public void request(int domain, int oppIndex) {
      if (domain == DeviceDescription.CORE) {
        wantedCore = oppIndex;
        ports.requestCore(Math.min(oppIndex, cap));
      }
    }

    @Override
    public int requested(int domain) {
      return domain == DeviceDescription.CORE ? wantedCore : machine.actuator().requested(domain);
    }

    @Override
    public int current(int domain) {
      return machine.actuator().current(domain);
    }

    @Override
    public SettingGrid grid() {
      return machine.grid();
    }

    @Override
    public Actuator actuator() {
      return this;
    }

    @Override
    public LoadMeter loadMeter() {
      return machine.loadMeter();
    }

    @Override
    public EnergyMeter energyMeter() {
      return machine.energyMeter();
    }
  }
}
