package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.linux.ClockControl.Mechanism;
import io.neurobalancer.linux.ClockControl.Step;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what the files say about one clock, and judges whether it can be set. */
final class Probe {

  private final Sysfs sysfs;
  private final String name;
  private final Family family;
  private final String directory;
  private final Map<Role, String> files = new EnumMap<>(Role.class);
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<Integer> cpus = new ArrayList<>();
  private List<Step> steps = List.of();
  private Optional<FrequencyDomain.Kind> kind = Optional.empty();
  private Optional<String> current = Optional.empty();
  private Optional<String> obstacle = Optional.empty();
  private String advice = "";
  private Mechanism mechanism = Mechanism.NONE;
  private long transitionNanos;

  Probe(Sysfs sysfs, String name, Family family, String directory) {
    this.sysfs = sysfs;
    this.name = name;
    this.family = family;
    this.directory = directory;
  }

  String at(String file) {
    return directory + "/" + file;
  }

  String line(String file) {
    return sysfs.firstLine(at(file), "");
  }

  Probe kind(FrequencyDomain.Kind what) {
    kind = Optional.of(what);
    return this;
  }

  Probe file(Role role, String file) {
    files.put(role, file.startsWith("/") ? file : at(file));
    return this;
  }

  Probe current(String file) {
    String path = file.startsWith("/") ? file : at(file);
    current = sysfs.exists(path) ? Optional.of(path) : Optional.empty();
    return this;
  }

  Probe fact(String label, String value) {
    if (!value.isBlank()) {
      facts.put(label, value);
    }
    return this;
  }

  Probe cpus(List<Integer> numbers) {
    cpus.addAll(numbers);
    return this;
  }

  Probe transition(long nanos) {
    transitionNanos = nanos;
    return this;
  }

  Probe mechanism(Mechanism how) {
    mechanism = how;
    return this;
  }

  /** Says why it cannot be set; the first reason counts. */
  Probe obstacle(String why, String whatToDo) {
    if (obstacle.isEmpty()) {
      obstacle = Optional.of(why);
      advice = whatToDo;
    }
    return this;
  }

  /** Takes frequencies as steps, written in the family's unit. */
  Probe frequencies(String text) {
    List<Step> found = new ArrayList<>();
    for (String word : text.split("\\s+", -1)) {
      if (Numbers.isPlain(word) && Long.parseLong(word) > 0) {
        long value = Long.parseLong(word);
        long hertz = family.hertz(value);
        found.add(new Step(value, Frequency.ofHertz(hertz)));
      }
    }
    return steps(found);
  }

  /** Takes steps in any order; of several with one clock the first stays. */
  Probe steps(List<Step> found) {
    Map<Frequency, Step> distinct = new LinkedHashMap<>();
    found.forEach(step -> distinct.putIfAbsent(step.frequency(), step));
    steps = distinct.values().stream().sorted(Comparator.comparing(Step::frequency)).toList();
    return this;
  }

  List<Step> steps() {
    return steps;
  }

  /** Judges and returns what was found. */
  ClockControl done() {
    if (mechanism == Mechanism.FLOOR) {
      obstacle(
          "only a floor can be set here; a ceiling needs every voter",
          "It is measured, not governed.");
    }
    if (mechanism == Mechanism.NONE) {
      obstacle("there is no file to set it by", "A newer kernel may have one.");
    }
    if (steps.isEmpty()) {
      obstacle(
          "no table of clocks is offered", "Nothing is written that is not in the device's table.");
    }
    if (steps.size() == 1) {
      obstacle("there is only one clock", "There is nothing to choose.");
    }
    if (kind.isEmpty()) {
      obstacle("what it clocks is not known", "Name it in an issue if it is the DRAM's clock.");
    }
    for (Map.Entry<Role, String> file : files.entrySet()) {
      String path = file.getValue();
      boolean needed = mechanism != Mechanism.LIMITS || file.getKey() != Role.GOVERNOR;
      if (needed && obstacle.isEmpty() && !sysfs.writable(path) && sysfs.exists(path)) {
        obstacle(
            ClockControl.NO_PERMISSION + path,
            "Run as root, or open the files to your group: see docs/safety.md.");
      }
    }
    return new ClockControl(
        name,
        family,
        kind,
        directory,
        steps,
        mechanism,
        files,
        current,
        cpus,
        transitionNanos,
        obstacle,
        advice,
        facts);
  }
}
