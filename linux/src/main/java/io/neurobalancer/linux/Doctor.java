package io.neurobalancer.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Says what a machine offers, and for what it does not: why, and what to do. It writes nothing.
 *
 * @param machine what was found
 * @param findings one per clock and meter, then those about the machine as a whole
 */
public record Doctor(Machine machine, List<Finding> findings) {

  /**
   * One thing that was looked at.
   *
   * @param area {@code clock}, {@code meter} or {@code machine}
   * @param name of the clock or meter, or what is missing
   * @param interfaceName whose files they are
   * @param path the directory or file, empty where there is none
   * @param found whether it is there
   * @param readable whether this process can read it
   * @param writable whether this process can set it; false for meters, which nobody sets
   * @param complaint whether something keeps it from being used
   * @param what a short description, such as the range of clocks
   * @param why what keeps it from being used, empty if nothing does
   * @param advice what to do or to know, empty if nothing
   */
  public record Finding(
      String area,
      String name,
      String interfaceName,
      String path,
      boolean found,
      boolean readable,
      boolean writable,
      boolean complaint,
      String what,
      String why,
      String advice) {}

  public Doctor {
    findings = List.copyOf(findings);
  }

  /**
   * Examines a machine.
   *
   * @param safety looked at as well: whether a journal can be kept where a run would keep it
   */
  public static Doctor examine(Sysfs sysfs, RunFolder safety) {
    return examine(
        sysfs,
        safety
            .obstacle()
            .map(
                why ->
                    missing(
                        "a safe place for the journal",
                        why,
                        "Nothing is written to a clock without a journal."))
            .map(List::of)
            .orElse(List.of()));
  }

  /**
   * Examines a machine that is reached in another way.
   *
   * @param safety what is missing there to give clocks back, see {@link #missing}
   */
  public static Doctor examine(Sysfs sysfs, List<Finding> safety) {
    Machine machine = Discovery.of(sysfs);
    List<Finding> findings = new ArrayList<>();
    machine.clocks().forEach(clock -> findings.add(clock(sysfs, clock)));
    machine.meters().forEach(meter -> findings.add(meter(meter)));
    if (machine.clocks().stream().noneMatch(ClockControl::controllable)) {
      findings.add(
          missing(
              "a clock that can be set",
              machine.clocks().isEmpty()
                  ? "no clock was found"
                  : "none of the clocks found can be set",
              machine.clocks().isEmpty()
                  ? "Run on the board itself, not in a virtual machine or container; or simulate:"
                      + " neurobalancer devices."
                  : "See the reasons above."));
    }
    if (machine.meters().stream().noneMatch(MeterSource::readableNow)) {
      findings.add(
          missing(
              "a meter that can be read",
              machine.meters().isEmpty()
                  ? "no energy meter was found"
                  : "none of the meters found can be read",
              "Latencies can be measured without one; energy is then reported as not measured."));
    }
    findings.addAll(safety);
    for (String rival : machine.rivals()) {
      findings.add(
          new Finding(
              "machine",
              rival,
              "process",
              "",
              true,
              true,
              false,
              false,
              "runs and may write clocks",
              "",
              "Stop it for a measurement; runs that it disturbs are marked contested."));
    }
    return new Doctor(machine, findings);
  }

  /** Returns whether jobs can be run and metered here: a clock to set and a meter to read. */
  public boolean healthy() {
    return findings.stream().noneMatch(f -> f.area().equals("machine") && f.complaint());
  }

  private static Finding clock(Sysfs sysfs, ClockControl c) {
    String range =
        c.steps().isEmpty()
            ? "no table"
            : "%d, %s to %s"
                .formatted(
                    c.steps().size(),
                    c.steps().get(0).frequency(),
                    c.steps().get(c.steps().size() - 1).frequency());
    boolean readable = c.current().map(sysfs::readable).orElse(false);
    return new Finding(
        "clock",
        c.name(),
        c.family().title(),
        c.directory(),
        true,
        readable,
        c.controllable(),
        !c.controllable(),
        c.kind().map(k -> k.name().toLowerCase(Locale.ROOT)).orElse("?")
            + ", "
            + range
            + ", "
            + c.mechanism().title()
            + (readable ? "" : ", not read back"),
        c.obstacle().orElse(""),
        c.advice());
  }

  private static Finding meter(MeterSource m) {
    String quality =
        switch (m.quality()) {
          case ACCUMULATED -> "added up by hardware";
          case SAMPLED -> "power, sampled";
          case GAUGE -> "fuel gauge";
        };
    return new Finding(
        "meter",
        m.name(),
        m.kind().title(),
        m.files().get(0),
        true,
        m.readableNow(),
        false,
        !m.readableNow(),
        quality
            + ", every "
            + io.neurobalancer.unit.Durations.format(m.updateSeconds())
            + m.partOf().map(p -> ", part of " + p).orElse(""),
        m.obstacle().orElse(""),
        m.advice());
  }

  /** Returns a complaint about the machine as a whole. */
  public static Finding missing(String what, String why, String advice) {
    return new Finding("machine", what, "", "", false, false, false, true, "", why, advice);
  }

  /** Returns the sentences about what keeps jobs from being run, empty if nothing does. */
  public List<String> complaints() {
    return findings.stream()
        .filter(f -> f.area().equals("machine") && f.complaint())
        .map(f -> "There is no " + f.name().replaceFirst("^a ", "") + ": " + f.why() + ".")
        .collect(Collectors.toList());
  }
}
