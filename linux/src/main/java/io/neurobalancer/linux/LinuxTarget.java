package io.neurobalancer.linux;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Operator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This machine. Without {@code apply} it is a dry run: everything is found and said, nothing is
 * written, and nothing can be measured.
 */
public final class LinuxTarget implements Target {

  private static final int WARM_UP_RUNS = 5;

  private final Sysfs sysfs;
  private final RunClock clock;
  private final Machine machine;
  private final List<DomainChoice> domains;
  private final Inference inference;
  private final Meters meters;
  private final DeviceIdentity identity;
  private final SettingGrid grid;
  private final int activeCores;
  private final BitSet warm = new BitSet();
  private final @Nullable ControlSession session;
  private final @Nullable LinuxBoard board;

  private LinuxTarget(
      Sysfs sysfs,
      RunClock clock,
      Machine machine,
      List<DomainChoice> domains,
      Inference inference,
      int activeCores,
      @Nullable ControlSession session) {
    this.sysfs = sysfs;
    this.clock = clock;
    this.machine = machine;
    this.domains = domains;
    this.inference = inference;
    this.activeCores = activeCores;
    this.session = session;
    this.meters = new Meters(sysfs, clock, machine.meters());
    this.grid = new SettingGrid(domains.stream().map(DomainChoice::domain).toList());
    this.identity = identity(machine, grid);
    this.board =
        session == null
            ? null
            : new LinuxBoard(sysfs, clock, session, domains, meters, activeCores);
  }

  /**
   * Opens without the right to write.
   *
   * @param names of the domains, none for the usual ones, see {@link DomainChoice#of}
   * @param activeCores how many cores the inference uses
   */
  public static LinuxTarget dryRun(
      Sysfs sysfs, RunClock clock, List<String> names, Inference inference, int activeCores) {
    return dryRun(sysfs, Discovery.of(sysfs), clock, names, inference, activeCores);
  }

  /** Opens without the right to write, where what is there has been found already. */
  public static LinuxTarget dryRun(
      Sysfs sysfs,
      Machine machine,
      RunClock clock,
      List<String> names,
      Inference inference,
      int activeCores) {
    return new LinuxTarget(
        sysfs, clock, machine, DomainChoice.of(machine, names), inference, activeCores, null);
  }

  /**
   * Opens with the right to write: the clocks are taken when this returns, and given back by {@link
   * #close} or by whatever ends this process.
   */
  public static LinuxTarget apply(
      Sysfs sysfs,
      RunClock clock,
      List<String> names,
      Inference inference,
      int activeCores,
      RunFolder folder,
      Supervision supervision) {
    return apply(
        sysfs, Discovery.of(sysfs), clock, names, inference, activeCores, folder, supervision);
  }

  /** Opens with the right to write, where what is there has been found already. */
  public static LinuxTarget apply(
      Sysfs sysfs,
      Machine machine,
      RunClock clock,
      List<String> names,
      Inference inference,
      int activeCores,
      RunFolder folder,
      Supervision supervision) {
    List<DomainChoice> domains = DomainChoice.toWrite(machine, names);
    List<ClockControl> clocks =
        domains.stream().flatMap(d -> d.clocks().stream()).collect(Collectors.toList());
    ControlSession session = ControlSession.open(sysfs, clock, folder, supervision, clocks);
    try {
      return new LinuxTarget(sysfs, clock, machine, domains, inference, activeCores, session);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static DeviceIdentity identity(Machine machine, SettingGrid grid) {
    StringBuilder text = new StringBuilder(machine.title());
    grid.domains()
        .forEach(
            d -> {
              text.append('\n').append(d.name());
              d.opps().opps().forEach(o -> text.append(' ').append(o.frequency().hertz()));
            });
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return new DeviceIdentity(
          "linux",
          machine.title() + ", Linux " + machine.kernel(),
          HexFormat.of().formatHex(digest),
          DeviceIdentity.Origin.REAL);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public DeviceIdentity identity() {
    return identity;
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public List<Stream> streams() {
    return inference.streams();
  }

  /** Returns what a run would write and read, a sentence each. */
  public List<String> intentions() {
    List<String> sentences = new ArrayList<>();
    for (DomainChoice domain : domains) {
      for (ClockControl c : domain.clocks()) {
        sentences.add(
            "%s (%s): by %s, %d clocks from %s to %s, through %s"
                .formatted(
                    domain.name(),
                    c.family().title(),
                    c.mechanism().title(),
                    c.steps().size(),
                    c.steps().get(0).frequency(),
                    c.steps().get(c.steps().size() - 1).frequency(),
                    c.files().values().stream().sorted().collect(Collectors.joining(", "))));
      }
    }
    sentences.add(
        meters.present()
            ? "energy: " + meters.totalName()
            : "energy: not measured, there is no meter that can be read");
    machine.rivals().forEach(r -> sentences.add(r + " runs and may write the same clocks"));
    return sentences;
  }

  /** Returns sentences about what was found while the clocks were taken. */
  public List<String> notes() {
    return session == null ? List.of() : session.notes();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where a segment holds several operators, its time is shared among them by their FLOPs and
   * bytes; only the sum was measured. Before the first measurement of a stream it is run a few
   * times: compilers, caches and allocators make first runs slower than all others. Energies are
   * NaN: every meter of a real machine is slower than an operator, so {@link #blockJoules} tells
   * them.
   */
  @Override
  public Samples.Run measure(int stream, int setting) {
    hold(held(), setting);
    warmUp(stream);
    Stream what = streams().get(stream);
    double[] latency = new double[what.workload().size()];
    double[] energy = new double[latency.length];
    Arrays.fill(energy, Double.NaN);
    for (int segment = 0; segment < what.segments(); segment++) {
      long before = clock.nanoTime();
      inference.run(stream, segment);
      share(what, segment, Math.max(1, clock.nanoTime() - before) * 1e-9, latency);
    }
    return new Samples.Run(setting, latency, energy);
  }

  private void warmUp(int stream) {
    if (warm.get(stream)) {
      return;
    }
    warm.set(stream);
    for (int run = 0; run < WARM_UP_RUNS; run++) {
      for (int segment = 0; segment < streams().get(stream).segments(); segment++) {
        inference.run(stream, segment);
      }
    }
  }

  @Override
  public double meterPeriodSeconds() {
    return meters.present() ? meters.updateSeconds() : 0;
  }

  @Override
  public double blockJoules(
      int stream, int setting, int firstOperator, int lastOperator, int repeats) {
    hold(held(), setting);
    Stream what = streams().get(stream);
    double before = meters.readTotal();
    for (int r = 0; r < repeats; r++) {
      for (int segment = 0; segment < what.segments(); segment++) {
        if (what.firstOperator(segment) >= firstOperator
            && what.endOperator(segment) - 1 <= lastOperator) {
          inference.run(stream, segment);
        }
      }
      meters.poll();
    }
    double each = (meters.readTotal() - before) / repeats;
    // A meter that did not move has not measured anything.
    return each > 0 ? each : Double.NaN;
  }

  private void hold(LinuxBoard driven, int setting) {
    driven.request(setting);
    driven.commit(clock.nanoTime());
    for (int d = 0; d < grid.dimensions(); d++) {
      while (driven.applied(d) != driven.requested(d)) {
        clock.sleepUntil(clock.nanoTime() + 10_000);
        driven.commit(clock.nanoTime());
      }
    }
    if (!driven.awaitClocks()) {
      driven.sample(clock.nanoTime());
      List<String> wrong = new ArrayList<>();
      for (int d = 0; d < grid.dimensions(); d++) {
        if (driven.actual(d) != driven.applied(d)) {
          wrong.add(
              "%s was set to %s and runs at %s"
                  .formatted(
                      grid.domains().get(d).name(),
                      grid.frequency(setting, d),
                      driven.actual(d) < 0
                          ? "a clock that cannot be read"
                          : grid.domains().get(d).opps().frequency(driven.actual(d))));
        }
      }
      close();
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.HARDWARE_REFUSED,
          "A clock did not follow: %s. Everything that was changed is back.%nMaybe it is capped by heat or by a power limit; let the device cool down, and run 'neurobalancer doctor'."
              .formatted(String.join("; ", wrong)));
    }
  }

  private static void share(Stream what, int segment, double seconds, double[] latency) {
    double weights = 0;
    for (int i = what.firstOperator(segment); i < what.endOperator(segment); i++) {
      weights += weight(what.workload().operators().get(i));
    }
    for (int i = what.firstOperator(segment); i < what.endOperator(segment); i++) {
      latency[i] = seconds * weight(what.workload().operators().get(i)) / weights;
    }
  }

  private static double weight(Operator operator) {
    return 1.0 + operator.flops() + operator.bytes();
  }

  @Override
  public void coolDown(double seconds) {
    clock.sleepUntil(clock.nanoTime() + Numbers.nanos(seconds));
  }

  @Override
  public Calibration calibrate() {
    return new Calibrator(sysfs, clock, held(), meters).calibrate();
  }

  @Override
  public double calibrationSeconds() {
    return Calibrator.seconds(grid, meters);
  }

  /**
   * {@inheritDoc}
   *
   * <p>In a dry run the governor decides and nothing is written: the kernel's own governors set the
   * clocks, and what is metered is theirs.
   */
  @Override
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    if (schedule.streams().size() != streams().size()) {
      throw NeuroBalancerException.invalid(
          "The schedule has %d streams and the target runs %d.%nMaybe give one period and deadline per model."
              .formatted(schedule.streams().size(), streams().size()));
    }
    LinuxBoard driven = board;
    if (driven == null) {
      RunResult run =
          new PeriodicRunner(
                  new AttendingClock(clock, now -> {}, meters),
                  inference,
                  new WatchingBoard(grid, activeCores, meters))
              .run(governor, schedule, observer);
      List<String> notes = new ArrayList<>();
      notes.add("This was a dry run: nothing was written. Maybe add --apply.");
      addMeters(notes);
      return noted(run, notes, false);
    }
    driven.begin();
    RunResult run =
        new PeriodicRunner(new AttendingClock(clock, driven::look, meters), inference, driven)
            .run(governor, schedule, observer);
    driven.end();
    List<String> notes = new ArrayList<>(driven.troubles());
    addMeters(notes);
    return noted(run, notes, driven.contested());
  }

  private void addMeters(List<String> notes) {
    if (meters.present()) {
      notes.add("energy: " + meters.totalName());
    }
    notes.addAll(meters.broken());
  }

  private static RunResult noted(RunResult run, List<String> more, boolean contested) {
    List<String> notes = new ArrayList<>();
    if (contested) {
      notes.add("This run is contested: its figures say nothing.");
    }
    notes.addAll(more);
    notes.addAll(run.notes());
    return new RunResult(
        run.responses(), run.joules(), run.joulesBySource(), run.switches(), notes);
  }

  private LinuxBoard held() {
    if (board == null) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.FINDING,
          "This is a dry run, nothing was written. With --apply it would set %s.%nMaybe add --apply."
              .formatted(String.join("; ", intentions())));
    }
    return Objects.requireNonNull(board);
  }

  /** Returns how many cores the inference uses. */
  public int activeCores() {
    return activeCores;
  }

  @Override
  public void close() {
    meters.close();
    try {
      inference.close();
    } finally {
      if (session != null) {
        session.close();
      }
    }
  }
}
