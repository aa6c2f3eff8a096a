package io.neurobalancer.baselines;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a kernel's governor of one clock decided over a time line, as text, to be held against a law
 * by {@link DecisionReplay}.
 *
 * <p>Lines end with a newline; what follows {@code #} is a comment, empty lines are skipped. The
 * head comes first, each line once; {@code cpus} and {@code kind} may be left out:
 *
 * <pre>
 *   decisions 1                              the version of this format
 *   governor schedutil:kernel=6.1:hz=250     who decided, and its tunables
 *   opps 500000 1000000 1500000 2000000      what the clock can be given, kHz, ascending
 *   cpus 4                                   how many CPUs share the clock; 1 by default
 *   kind CPU                                 what is clocked, CPU or GPU; CPU by default
 * </pre>
 *
 * <p>Then come events in order of time, each with the clock that the governor asked for last once
 * it had dealt with the event, and the totals of counters where the governor read any:
 *
 * <pre>
 *   0        start 500000
 *   1000000  run   500000                        a task became able to run, none was before
 *   4000000  tick  500000                        the scheduler's tick, or a poll of devfreq
 *   9000000  sleep 1000000                       the last task that could run went to sleep
 *   50000000 tick  600000 BUSY_NANOS=8000000     with a counter's total
 * </pre>
 *
 * <p>Times are nanoseconds of one monotonic clock, from any start. {@code BUSY_NANOS} is counted
 * from {@code run} and {@code sleep} where no line gives it, {@code CYCLES} from it and the clock.
 *
 * @param governor who decided
 * @param opps what the clock can be given
 * @param cpus how many CPUs share it
 * @param kind what it clocks
 * @param events in order of time, the first one a start
 */
public record DecisionRecording(
    GovernorSpec governor,
    OppTable opps,
    int cpus,
    GovernorInfo.Hardware kind,
    List<Event> events) {

  private static final String VERSION = "1";

  /** What happened. */
  public enum Kind {
    /** Governing began. */
    START,
    /** A task became able to run where none was. */
    RUN,
    /** The last task that could run went to sleep. */
    SLEEP,
    /** The governor was asked while nothing of this changed. */
    TICK
  }

  /**
   * One event.
   *
   * @param nanos when
   * @param kind what
   * @param opp what the governor had asked for afterwards
   * @param counters totals that the line gives
   */
  public record Event(long nanos, Kind kind, int opp, Map<Counter, Double> counters) {
    public Event {
      counters = Map.copyOf(counters);
    }
  }

  public DecisionRecording {
    events = List.copyOf(events);
    if (events.isEmpty() || events.get(0).kind() != Kind.START) {
      throw NeuroBalancerException.invalid(
          String.format(
              "A recording of decisions begins with no start.%nMaybe write '0 start 500000'"
                  + " first."));
    }
  }

  /**
   * Reads the text.
   *
   * @throws NeuroBalancerException naming the line that is wrong
   */
  public static DecisionRecording parse(String text) {
    Parser parser = new Parser();
    String[] lines = text.split("\n", -1);
    for (int l = 0; l < lines.length; l++) {
      String line = lines[l].replaceFirst("#.*", "").strip();
      if (!line.isEmpty()) {
        parser.line(l + 1, line);
      }
    }
    return parser.recording();
  }

  /** Returns the hardware that the governor of the clock is told about. */
  public Hardware hardware() {
    SettingGrid grid =
        new SettingGrid(List.of(new FrequencyDomain("clock", FrequencyDomain.Kind.CORE, opps)));
    return new Hardware(
        "the recorded clock", kind, grid, 0, Hardware.NONE, cpus, Double.NaN, List.of(), List.of());
  }

  private static final class Parser {
    private final Map<String, String> head = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private OppTable opps = OppTable.of(List.of(Frequency.ofKilohertz(1)));

    void line(int number, String line) {
      String[] words = line.split("\\s+", -1);
      if (Character.isDigit(words[0].charAt(0))) {
        event(number, line, words);
        return;
      }
      String key = words[0];
      String value = line.substring(key.length()).strip();
      if (!List.of("decisions", "governor", "opps", "cpus", "kind").contains(key)) {
        throw wrong(
            number, line, "begins with neither a time nor decisions, governor, opps, cpus, kind");
      }
      if (!events.isEmpty() || head.put(key, value) != null) {
        throw wrong(number, line, "comes twice or after an event");
      }
      if (key.equals("decisions") && !value.equals(VERSION)) {
        throw wrong(number, line, "is of another version than " + VERSION);
      }
      if (key.equals("opps")) {
        try {
          opps =
              OppTable.of(
                  Arrays.stream(words)
                      .skip(1)
                      .map(word -> Frequency.ofKilohertz(Long.parseLong(word)))
                      .toList());
        } catch (IllegalArgumentException e) {
          throw wrong(number, line, "is no ascending list of clocks in kHz");
        }
      }
    }

    private void event(int number, String line, String[] words) {
      if (!head.containsKey("opps")) {
        throw wrong(number, line, "comes before the line of opps");
      }
      if (words.length < 3) {
        throw wrong(number, line, "is not 'time event kHz'");
      }
      Map<Counter, Double> counters = new EnumMap<>(Counter.class);
      long nanos;
      Kind kind;
      int opp;
      try {
        nanos = Long.parseLong(words[0]);
        kind = Kind.valueOf(words[1].toUpperCase(Locale.ROOT));
        opp = opps.indexOf(Frequency.ofKilohertz(Long.parseLong(words[2])));
        for (int w = 3; w < words.length; w++) {
          String[] pair = words[w].split("=", 2);
          counters.put(Counter.valueOf(pair[0]), Double.valueOf(pair[1]));
        }
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw wrong(number, line, "is not 'time event kHz COUNTER=total' (" + e.getMessage() + ")");
      }
      if (!events.isEmpty() && nanos < events.get(events.size() - 1).nanos()) {
        throw wrong(number, line, "is earlier than the event before");
      }
      if (events.isEmpty() != (kind == Kind.START)) {
        throw wrong(number, line, "is a start after the first event, or the first event is none");
      }
      events.add(new Event(nanos, kind, opp, counters));
    }

    DecisionRecording recording() {
      for (String key : List.of("decisions", "governor", "opps")) {
        if (!head.containsKey(key)) {
          throw NeuroBalancerException.invalid(
              String.format(
                  Locale.ROOT,
                  "A recording of decisions has no line '%s'.%nMaybe it is another kind of file.",
                  key));
        }
      }
      try {
        return new DecisionRecording(
            GovernorSpec.parse(head.getOrDefault("governor", "")),
            opps,
            Integer.parseInt(head.getOrDefault("cpus", "1")),
            GovernorInfo.Hardware.valueOf(head.getOrDefault("kind", "CPU")),
            events);
      } catch (IllegalArgumentException e) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "The cpus or the kind of a recording of decisions is wrong (%s).%nMaybe write 'cpus"
                    + " 4' and 'kind CPU'.",
                e.getMessage()),
            e);
      }
    }

    private static NeuroBalancerException wrong(int number, String line, String why) {
      return NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "Line %d of a recording of decisions ('%s') %s.%nMaybe see DecisionRecording's"
                  + " documentation for the format.",
              number,
              line,
              why));
    }
  }
}
