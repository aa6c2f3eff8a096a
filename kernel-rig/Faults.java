import io.neurobalancer.governor.Governor;
import io.neurobalancer.linux.Discovery;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.linux.LocalSysfs;
import io.neurobalancer.linux.Machine;
import io.neurobalancer.linux.PacedWorkload;
import io.neurobalancer.linux.Restoration;
import io.neurobalancer.linux.RunFolder;
import io.neurobalancer.linux.Supervision;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * In the guest: lets things go wrong while clocks of a real kernel are written, one fault after the other in one process, and
 * looks whether the settings come back. The supervisor is left out here: what is tried is what the run itself does about it.
 *
 * <p>Ends with the number of checks that failed.
 */
public final class Faults {

  private static final Path POLICY =
      Path.of("/sys/devices/system/cpu/cpufreq/policy" + Integer.getInteger("policy", 0));
  private static final Path DMC = Path.of("/sys/class/devfreq/fakesoc-dmc");
  private static final Path KNOBS = Path.of("/sys/module/fakesoc/parameters");
  private static final List<Path> SETTINGS =
      List.of(
          POLICY.resolve("scaling_governor"),
          POLICY.resolve("scaling_min_freq"),
          POLICY.resolve("scaling_max_freq"),
          DMC.resolve("governor"),
          DMC.resolve("min_freq"),
          DMC.resolve("max_freq"));

  private static final Supervision ALONE =
      (journal, lock, onDeath) ->
          new Supervision.Watch() {
            @Override
            public boolean alive(long nowNanos) {
              return true;
            }

            @Override
            public void close() {}
          };

  /** What the target said when it took the clocks. */
  private static List<String> said = List.of();

  private static final String RUN = "/run/neurobalancer";

  /** As found while nothing was wrong: faults come after it was looked at. */
  private static final Machine MACHINE = Discovery.of(new LocalSysfs());

  private static int failed;
  private static int checks;

  /** Something that is done to the machine while jobs run. */
  private interface Deed {
    void at(int job) throws IOException;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "-";
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  /** Returns what another meter of the board says, which adds up the same and never wraps. */
  private static double joules() {
    for (int n = 0; n < 9; n++) {
      Path hwmon = Path.of("/sys/class/hwmon/hwmon" + n);
      if (read(hwmon.resolve("name")).equals("fakesoc")) {
        return Double.parseDouble(read(hwmon.resolve("energy1_input"))) * 1e-6;
      }
    }
    return Double.NaN;
  }

  private static void knob(String name, long value) {
    write(KNOBS.resolve(name), Long.toString(value));
  }

  private static String state() {
    StringBuilder text = new StringBuilder();
    SETTINGS.forEach(file -> text.append(read(file)).append(' '));
    return text.toString();
  }

  private static boolean restored(String before) {
    for (int i = 0; i < 100; i++) {
      if (state().equals(before)) {
        return true;
      }
      sleep(10);
    }
    return false;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void check(String sentence, boolean holds, String otherwise) {
    checks++;
    failed += holds ? 0 : 1;
    System.out.println((holds ? "ok: " : "FAILED: ") + sentence + (holds ? "" : " (" + otherwise + ")"));
  }

  private static PacedWorkload workload() {
    return PacedWorkload.of(List.of(Stream.of(new Workload("two", "00", List.of(operator("a"), operator("b"))))));
  }

  private static Operator operator(String name) {
    return new Operator(
        name, "Conv", OperatorKind.UNKNOWN, 1_000_000, 0, 0, 0, List.of(), List.of(), List.of(), DataType.FLOAT32);
  }

  private static LinuxTarget open(String folder) {
    return LinuxTarget.apply(
        new LocalSysfs(), MACHINE, SystemClock.INSTANCE, List.of(), workload(), 1, new RunFolder(Path.of(folder)), ALONE);
  }

  /** Goes through all clocks, a setting per segment, and does the deed at each release. */
  private static RunResult run(LinuxTarget target, int jobs, Deed deed) {
    int settings = target.grid().size();
    int[] next = new int[2];
    Governor.Factory factory =
        (board, now) ->
            new Governor() {
              @Override
              public void released(int stream, long nowNanos, long deadlineNanos) {
                try {
                  deed.at(next[1]++);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }

              @Override
              public void segmentStarting(int stream, int segment, long nowNanos) {
                next[0] = (next[0] + 7) % settings;
                board.request(next[0]);
              }
            };
    return target.run(factory, Schedule.every("300ms").jobs(jobs), RunObserver.NONE);
  }

  /** Expects a fault to be survived. */
  private static void survived(String fault, int jobs, Deed deed, Predicate<RunResult> right) {
    String before = state();
    String what = "";
    boolean holds = false;
    try (LinuxTarget target = open(RUN)) {
      said = target.notes();
      RunResult result = run(target, jobs, deed);
      what = result.notes() + " " + target.notes() + ", " + result.joules() + " J";
      holds = right.test(result);
    } catch (NeuroBalancerException e) {
      what = e.kind() + ": " + e.getMessage();
    }
    reset();
    System.out.println("  " + what.replace("\n", " "));
    check(fault, holds, what);
    check(fault + ": everything is back", restored(before), "wanted " + before + ", is " + state());
  }

  /** Expects a fault to be refused with a kind of exception. */
  private static void refused(String fault, NeuroBalancerException.Kind kind, String folder, Deed deed) {
    String before = state();
    String what = "no exception";
    boolean holds = false;
    try (LinuxTarget target = open(folder)) {
      what = "no exception, " + run(target, 12, deed).notes();
    } catch (NeuroBalancerException e) {
      what = e.kind() + ": " + e.getMessage();
      holds = e.kind() == kind;
    }
    reset();
    System.out.println("  " + what.replace("\n", " "));
    check(fault, holds, what);
    check(fault + ": everything is back", restored(before), "wanted " + before + ", is " + state());
  }

  private static void reset() {
    for (String knob : List.of("cpu_fail", "mem_fail", "mem_switch", "thermal_little_khz", "thermal_mem_khz")) {
      knob(knob, 0);
    }
  }

  private static boolean says(RunResult result, String word) {
    return result.notes().stream().anyMatch(n -> n.toLowerCase(Locale.ROOT).contains(word));
  }

  /** The second of two CPUs, which has a clock of its own, goes off-line and comes back. */
  private static void offline() {
    Path online = Path.of("/sys/devices/system/cpu/cpu1/online");
    String before = state();
    String what = "no exception";
    try (LinuxTarget target = open(RUN)) {
      what = "no exception, " + run(target, 12, job -> write(online, job == 4 ? "0" : read(online))).notes();
    } catch (NeuroBalancerException e) {
      what = e.kind() + ": " + e.getMessage();
    }
    System.out.println("  " + what.replace("\n", " "));
    check("a CPU that goes off-line in mid-run ends the run, and what is not back is named",
        what.startsWith("HARDWARE_REFUSED") && what.contains("Not back") && what.contains(POLICY.toString()), what);
    check("the memory's settings are back all the same", before.endsWith(state().replaceFirst("^(- )*", "")), state());
    check("the journal is kept", Files.exists(Path.of(RUN, "journal")), "there is none");
    write(online, "1");
    sleep(100);
    check("restore gives back when the CPU is on-line again",
        Restoration.byHand(new LocalSysfs(), SystemClock.INSTANCE, new RunFolder(Path.of(RUN))).settled(), state());
    check("everything is back", restored(before), "wanted " + before + ", is " + state());
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0) {
      offline();
      System.out.println(checks + " checks, " + failed + " failed");
      System.exit(failed);
    }
    NeuroBalancerException.Kind hardware = NeuroBalancerException.Kind.HARDWARE_REFUSED;
    try (LinuxTarget target = open(RUN)) {
      run(target, 4, job -> {}); // loads the classes
    }
    survived(
        "an undisturbed run",
        8,
        job -> {},
        r -> r.joules() > 1 && says(r, "energy: rapl psys") && !says(r, "contested") && !says(r, "cap") && !says(r, "was set"));
    refused("EBUSY from the memory clock in mid-run", hardware, RUN, job -> knob("mem_fail", job == 4 ? 16 : 0));
    refused("EIO from the memory clock in mid-run", hardware, RUN, job -> knob("mem_fail", job == 4 ? 5 : 0));
    refused("scaling_setspeed says OK while the driver answers EIO", hardware, RUN, job -> knob("cpu_fail", job >= 2 ? 5 : 0));
    for (int how = 1; how <= 2; how++) {
      knob("mem_switch", how);
      String why = how == 1 ? "said OK and did nothing" : "was refused (EINVAL)";
      survived(
          "a switch of devfreq's governor that " + why,
          4,
          job -> {},
          r -> said.stream().anyMatch(n -> n.contains(why) && n.contains("min = max is used")));
    }
    survived(
        "somebody else writes the governor in mid-run",
        12,
        job -> {
          if (job == 6) {
            write(POLICY.resolve("scaling_governor"), "performance");
          }
        },
        r -> says(r, "contested") && says(r, "somebody else wrote performance to " + POLICY));
    survived(
        "somebody else lowers the memory clock's limit in mid-run",
        12,
        job -> {
          if (job == 6) {
            write(DMC.resolve("max_freq"), "800000000");
          }
        },
        r -> says(r, "contested") && says(r, "somebody else wrote 800000000"));
    survived(
        "a thermal cap in mid-run",
        16,
        job -> {
          if (job == 6) {
            knob("thermal_little_khz", 768_000);
          }
        },
        r -> says(r, "cap") && !says(r, "contested"));
    knob("thermal_little_khz", 768_000);
    String capped = state();
    try (LinuxTarget target = open(RUN)) {
      run(target, 4, job -> {});
    } catch (NeuroBalancerException e) {
      System.out.println("  " + e.getMessage());
    }
    reset();
    sleep(300);
    check("a thermal cap at the start is not given back as the user's wish", read(POLICY.resolve("scaling_max_freq")).equals("1900800"), capped + " then " + state());
    // tmpfs of one page, full before the journal is written
    refused("the disk is full while journalling", NeuroBalancerException.Kind.NO_PERMISSION, "/full", job -> {});
    double[] whole = new double[1];
    survived(
        "the energy counter wraps every 2 J",
        40,
        job -> whole[0] = job == 0 ? joules() : whole[0],
        r -> Math.abs(r.joules() / (joules() - whole[0]) - 1) < 0.05 && r.joules() > 6);
    System.out.println(checks + " checks, " + failed + " failed");
    System.exit(failed);
  }
}
