import io.neurobalancer.baselines.DecisionRecording;
import io.neurobalancer.baselines.DecisionReplay;
import io.neurobalancer.baselines.linux.FixedGovernor;
import io.neurobalancer.governor.GovernorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds what the kernel's governors decided in the rig against this project's: turns each log of record.sh into a recording of
 * decisions, lets the law of the same name replay it, and prints a table.
 *
 * <p>java -cp core.jar:baselines.jar Equality.java [--least SHARE] [--differences] LOG...
 *
 * <p>Ends with 1 if any governor's share of equal decisions is below the least, in percent.
 */
public final class Equality {

  private static final Set<String> TUNABLES =
      Set.of("sampling_rate", "up_threshold", "down_threshold", "freq_step", "sampling_down_factor");

  /** One line of the module's log. */
  private record Entry(char kind, long nanos, long kilohertz, long a, long b, long c) {}

  private final Map<String, String> head = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private final StringBuilder events = new StringBuilder();
  private long last = Long.MIN_VALUE;
  private final boolean quick = Boolean.getBoolean("quick");

  private Equality(Path log) throws IOException {
    for (String line : Files.readAllLines(log)) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("#")) {
        head.put(words[1], words[2]);
      } else {
        String[] w = line.split(" ");
        entries.add(
            new Entry(
                w[0].charAt(0),
                Long.parseLong(w[1]),
                Long.parseLong(w[2]),
                Long.parseLong(w[3]),
                Long.parseLong(w[4]),
                Long.parseLong(w[5])));
      }
    }
  }

  private String governor() {
    return head.get("governor");
  }

  /** Returns the recording as {@link DecisionRecording} reads it. */
  private String text() {
    String kind = "CPU";
    StringBuilder spec = new StringBuilder(governor());
    switch (governor()) {
      case "schedutil" -> {
        String limit = head.get("rate_limit_us");
        spec.append(":kernel=6.1:hz=250:idle_at_tick=1:up_rate_limit_us=" + limit + ":down_rate_limit_us=" + limit);
        scheduled();
      }
      case "ondemand", "conservative" -> {
        head.forEach((key, value) -> spec.append(TUNABLES.contains(key) ? ":" + key + "=" + value : ""));
        scheduled();
      }
      case "userspace" -> scheduled();
      case "simple_ondemand" -> {
        spec.append(":polling_ms=1");
        kind = "GPU";
        polled();
      }
      default -> throw new IllegalArgumentException("There is no replay of " + governor() + ".");
    }
    return "decisions 1\ngovernor %s\nopps %s\nkind %s\n%s"
        .formatted(spec, head.get("opps").strip(), kind, events);
  }

  /** What a sampling governor did because it was asked: entry numbers of the asking, its reading and its worker's end. */
  private record Sample(int asked, Entry read, int done, long kilohertz) {}

  private Map<Integer, Sample> samples() {
    Map<Integer, Sample> found = new TreeMap<>();
    int ask = -1;
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).kind() == 'U') {
        ask = i;
      } else if (entries.get(i).kind() == 'I' && ask >= 0) {
        Entry read = null;
        int w = i;
        while (w < entries.size() && entries.get(w).kind() != 'W') {
          read = entries.get(w).kind() == 'L' ? entries.get(w) : read;
          w++;
        }
        if (read != null && w < entries.size()) {
          found.put(ask, new Sample(ask, read, w, entries.get(w).kilohertz()));
        }
      }
    }
    return found;
  }

  /** A governor that the scheduler asks: the load's process is the job, other tasks are noise. */
  private void scheduled() {
    long job = Long.parseLong(head.get("pid"));
    boolean userspace = governor().equals("userspace");
    Map<Integer, Sample> samples = samples();
    boolean sampled = !samples.isEmpty();
    long period = sampled ? Long.parseLong(head.get("sampling_rate")) * 1_000 : 0;
    boolean begun = false;
    Sample last = null;
    long lastNanos = 0;
    forward = governor().equals("schedutil") ? align() : 0;
    for (int i = 0; i < entries.size(); i++) {
      Entry e = entries.get(i);
      boolean alone = e.kind() == 'U' && (i == 0 || "EDT".indexOf(entries.get(i - 1).kind()) < 0);
      if (!alone && "EDT".indexOf(e.kind()) < 0) {
        continue;
      }
      boolean asked = alone || (i + 1 < entries.size() && entries.get(i + 1).kind() == 'U');
      boolean ours = "ED".indexOf(e.kind()) >= 0 && e.a() == job;
      // while the worker of a sample is under way nobody is asked
      boolean between = last != null && i < last.done();
      if (!ours && (between || !(asked || (e.kind() == 'T' && userspace)))) {
        continue;
      }
      String kind = !ours ? "tick" : e.kind() == 'E' ? "run" : "sleep";
      int u = alone ? i : i + 1;
      Sample sample = asked ? samples.get(u) : null;
      Entry when = asked ? entries.get(u) : e;
      if (sample != null) {
        // The worker reads its clock a little after the asking; which side of a period's end it was, the asking tells.
        long nanos = sample.read().b() * 1_000;
        shift = when.nanos() - nanos;
        if (begun && nanos < lastNanos + period) {
          moved++;
          nanos = lastNanos + period;
        }
        event(nanos, begun ? kind : "start", sample.kilohertz(), sample.read());
        begun = true;
        last = sample;
        lastNanos = nanos;
      } else if (begun) {
        long nanos = when.nanos() - shift;
        if (sampled && !between && nanos >= lastNanos + period) {
          moved++;
          nanos = lastNanos + period - 1;
        }
        event(nanos, kind, between ? last.kilohertz() : when.kilohertz(), null);
      } else if (!sampled && kind.equals("sleep") && (quick || pause(i, job))) {
        begun = true;
        event(when.nanos(), "start", when.kilohertz(), null);
      }
    }
  }

  /** Whether the job sleeps for a second or more from an entry on: what was before is forgotten then. */
  private boolean pause(int from, long job) {
    for (int i = from + 1; i < entries.size(); i++) {
      if (entries.get(i).kind() == 'E' && entries.get(i).a() == job) {
        return entries.get(i).nanos() - entries.get(from).nanos() > 1_000_000_000L;
      }
    }
    return false;
  }

  /**
   * Returns by how much times are to be moved so that the scheduler's ticks fall on full multiples of their period, as a law
   * has them. The scheduler's clock began with a full period of the utilization, and so does the law's: whole ones are moved by.
   * What a tick wakes up is enqueued up to 40 us after it was due and counts as before it: the CPU did not go on idling.
   */
  private long align() {
    long tick = 4_000_000;
    long behind =
        entries.stream().filter(e -> e.kind() == 'T').mapToLong(e -> e.nanos() % tick).sorted().skip(100).findFirst().orElse(0);
    long best = 0;
    for (long k = 0; k < tick; k++) {
      if (Math.floorMod(behind + k * PELT_PERIOD_NANOS + 60_000, tick) < 300) {
        best = k;
        break;
      }
    }
    return best * PELT_PERIOD_NANOS;
  }

  private static final long PELT_PERIOD_NANOS = 1 << 20;

  private long forward;

  /**
   * Counts departures by what the kernel knew at that moment: its own last change, the utilization that it looked up, and
   * whether that would have asked for another clock than it kept.
   */
  private void classify(
      List<DecisionReplay.Difference> found, DecisionRecording recording, Map<String, Integer> causes) {
    Map<Long, Entry> asked = new HashMap<>();
    entries.stream().filter(e -> e.kind() == 'U').forEach(e -> asked.put(e.nanos() + forward, e));
    long limit = Long.parseLong(head.get("rate_limit_us")) * 1_000;
    long[] clocks = recording.opps().opps().stream().mapToLong(o -> o.frequency().kilohertz()).toArray();
    long fastest = clocks[clocks.length - 1];
    for (DecisionReplay.Difference d : found) {
      Entry e = asked.get(d.nanos());
      int before = recording.events().get(d.event() - 1).opp();
      String cause;
      if (e == null) {
        cause = "the kernel was not asked: no period of the utilization had ended since it was last";
      } else if (d.kernelOpp() == before && e.nanos() - e.c() < limit) {
        cause = "the kernel's rate limit still ran from a change that the law made at another moment";
      } else {
        int wished = 0;
        while (wished < clocks.length - 1 && clocks[wished] < fastest * (e.b() + (e.b() >> 2)) / 1024) {
          wished++;
        }
        int alike = 0;
        for (long u = Math.max(0, e.b() - 8); u <= e.b() + 8; u++) {
          int opp = 0;
          while (opp < clocks.length - 1 && clocks[opp] < fastest * (u + (u >> 2)) / 1024) {
            opp++;
          }
          alike |= opp == d.lawOpp() ? 1 : 0;
        }
        cause =
            wished < before && d.kernelOpp() == before
                ? "the kernel did not count its CPU as idle since it was last asked, the law did"
                : wished < before && d.lawOpp() == before
                    ? "the law did not count its CPU as idle or its rate limit still ran, the kernel changed"
                    : alike == 1
                        ? "the utilization lies within 8 of 1024 of the next clock"
                        : "the utilization differs by more than 8 of 1024, or the law's rate limit still ran";
      }
      causes.merge(cause, 1, Integer::sum);
    }
  }

  /** How far the clock that a sampling governor reads is behind the scheduler's. */
  private long shift;

  /** How many events were moved over the end of a sampling period. */
  private long moved;

  /** A governor of devfreq: what it read, and what was applied next. */
  private void polled() {
    long nanos = 0;
    double busy = 0;
    boolean begun = false;
    entries.removeIf(e -> e.kind() != 'S' && e.kind() != 'R');
    for (int i = 0; i + 1 < entries.size(); i++) {
      Entry e = entries.get(i);
      if (e.kind() != 'S') {
        continue;
      }
      long decided = entries.get(i + 1).kind() == 'R' ? entries.get(i + 1).kilohertz() : e.kilohertz();
      if (begun) {
        nanos += e.b() * 1_000;
        busy += e.a() * 1_000;
      }
      events.append(
          String.format(
              Locale.ROOT, "%d %s %d BUSY_NANOS=%.0f%n", nanos, begun ? "tick" : "start", decided, busy));
      begun = true;
    }
  }

  private void event(long nanos, String kind, long kilohertz, Entry sample) {
    last = Math.max(last, nanos + forward);
    events.append(last).append(' ').append(kind).append(' ').append(kilohertz);
    if (sample != null) {
      events.append(" BUSY_NANOS=").append((sample.b() - sample.a()) * 1_000);
    }
    events.append('\n');
  }

  private static DecisionReplay.Result replay(DecisionRecording recording, boolean corrected) {
    GovernorSpec spec = recording.governor();
    return spec.name().equals("userspace")
        ? DecisionReplay.run(recording, FixedGovernor.userspace(recording.events().get(0).opp()), corrected)
        : DecisionReplay.run(recording, corrected);
  }

  public static void main(String[] arguments) throws IOException {
    double least = 0;
    boolean differences = false;
    Map<String, long[]> sums = new TreeMap<>();
    Map<String, Integer> causes = new TreeMap<>();
    for (int a = 0; a < arguments.length; a++) {
      if (arguments[a].equals("--least")) {
        least = Double.parseDouble(arguments[++a]);
        continue;
      }
      if (arguments[a].equals("--differences")) {
        differences = true;
        continue;
      }
      Path log = Path.of(arguments[a]);
      Equality one = new Equality(log);
      String text = one.text();
      Files.writeString(Path.of(arguments[a].replaceFirst("\\.log$", "") + ".decisions"), text);
      DecisionRecording recording = DecisionRecording.parse(text);
      DecisionReplay.Result corrected = replay(recording, true);
      DecisionReplay.Result free = replay(recording, false);
      long[] sum = sums.computeIfAbsent(one.governor(), key -> new long[8]);
      long[] found = {
        corrected.decisions(), corrected.equal(), corrected.changes(), corrected.equalChanges(),
        free.decisions(), free.equal(), free.changes(), free.equalChanges()
      };
      for (int i = 0; i < sum.length; i++) {
        sum[i] += found[i];
      }
      if (one.governor().equals("schedutil")) {
        one.classify(corrected.first(), recording, causes);
      }
      if (differences) {
        System.out.printf("  %s: %d events moved%n", one.governor(), one.moved);
        corrected
            .first()
            .stream()
            .limit(20)
            .forEach(
                d ->
                    System.out.printf(
                        "  %s event %d at %d: kernel %s, law %s%n",
                        one.governor(),
                        d.event(),
                        d.nanos(),
                        recording.opps().frequency(d.kernelOpp()),
                        recording.opps().frequency(d.lawOpp())));
      }
    }
    causes.forEach((cause, n) -> System.out.printf(Locale.ROOT, "schedutil departs %,d times: %s%n", n, cause));
    System.out.println("| governor | decisions | equal | changes | equal | equal, living with its own |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    boolean enough = true;
    for (Map.Entry<String, long[]> row : sums.entrySet()) {
      long[] n = row.getValue();
      System.out.printf(
          Locale.ROOT,
          "| `%s` | %,d | %.2f %% | %,d | %s | %.2f %% |%n",
          row.getKey(),
          n[0],
          100.0 * n[1] / n[0],
          n[2],
          n[2] == 0 ? "-" : String.format(Locale.ROOT, "%.2f %%", 100.0 * n[3] / n[2]),
          100.0 * n[5] / n[4]);
      enough &= 100.0 * n[1] / n[0] >= least;
    }
    if (!enough) {
      System.out.printf(Locale.ROOT, "%nA governor decides alike in fewer than %.1f %% of the cases.%n", least);
      System.exit(1);
    }
  }
}
