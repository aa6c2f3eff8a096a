package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.SystemClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes over a tree of plain files: however the writer ends, the files say again what they
 * said. A plain file shows what is written to it at once, so these tests are about processes and
 * signals, and those over the double are about the kernel.
 */
@EnabledOnOs(OS.LINUX)
final class SupervisorTest {

  private static final String POLICY = "/sys/devices/system/cpu/cpufreq/policy0";

  /** The number to reach is a second; a loaded machine is given ten. */
  private static final long PATIENCE_MILLIS = 30_000;

  private final Path tree;
  private final Path run;
  private final List<Process> started = new ArrayList<>();

  SupervisorTest(@TempDir Path temporary) throws IOException {
    tree = temporary.resolve("tree");
    run = temporary.resolve("run");
    file(POLICY + "/scaling_available_frequencies", "300000 600000 900000");
    file(POLICY + "/scaling_available_governors", "userspace schedutil");
    file(POLICY + "/scaling_governor", "schedutil");
    file(POLICY + "/scaling_setspeed", "<unsupported>");
    file(POLICY + "/scaling_min_freq", "300000");
    file(POLICY + "/scaling_max_freq", "600000");
    file(POLICY + "/cpuinfo_min_freq", "300000");
    file(POLICY + "/cpuinfo_max_freq", "900000");
    file(POLICY + "/schedutil/rate_limit_us", "700");
    Files.createSymbolicLink(
        tree.resolve(POLICY.substring(1) + "/scaling_cur_freq"), Path.of("scaling_setspeed"));
    file("/proc/sys/kernel/random/boot_id", "this-boot");
  }

  private void file(String path, String value) throws IOException {
    Path file = tree.resolve(path.substring(1));
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    Files.writeString(file, value + "\n");
  }

  /** The values that are kept; the exact clock means nothing under another governor. */
  private Map<String, String> state() {
    LocalSysfs sysfs = new LocalSysfs(tree);
    Map<String, String> values = new TreeMap<>();
    for (String name :
        List.of(
            "scaling_governor",
            "scaling_min_freq",
            "scaling_max_freq",
            "schedutil/rate_limit_us")) {
      values.put(name, sysfs.firstLine(POLICY + "/" + name, "unreadable"));
    }
    return values;
  }

  private Process victim(String how) throws IOException {
    return victim(how, 5_000);
  }

  private Process victim(String how, long timeoutMillis) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                VictimMain.class.getName(),
                tree.toString(),
                run.toString(),
                how,
                Long.toString(timeoutMillis))
            .redirectError(ProcessBuilder.Redirect.appendTo(tree.resolve("said").toFile()))
            .start();
    started.add(process);
    return process;
  }

  /** Returns what the victims and their supervisors said on standard error. */
  private String said() {
    return new LocalSysfs(tree).firstLine("/said", "nothing");
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static ProcessHandle supervisor(Process victim) {
    return victim
        .children()
        .filter(c -> c.isAlive())
        .findFirst()
        .orElseThrow(() -> new AssertionError("There is no supervisor."));
  }

  private static void signal(long pid, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  /** Returns how long it took, milliseconds. */
  private long awaitState(Map<String, String> wanted) throws InterruptedException {
    RunClock clock = SystemClock.INSTANCE;
    long start = clock.nanoTime();
    while (!state().equals(wanted) || Files.exists(run.resolve("journal"))) {
      if ((clock.nanoTime() - start) / 1_000_000 > PATIENCE_MILLIS) {
        assertThat(state()).isEqualTo(wanted);
        assertThat(Files.exists(run.resolve("journal"))).isFalse();
      }
      Thread.sleep(2);
    }
    return (clock.nanoTime() - start) / 1_000_000;
  }

  @AfterEach
  void endWhatWasStarted() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void normalExit_andException_leaveNothingBehind() throws Exception {
    Map<String, String> before = state();
    for (String how : List.of("exit", "throw")) {
      Process process = victim(how);
      assertThat(output(process).readLine()).as(this::said).isEqualTo("holding");
      assertThat(process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      awaitState(before);
      assertThat(process.exitValue()).isEqualTo(how.equals("exit") ? 0 : 1);
    }
  }

  /** Returns whether this process ignores a signal, and so does every one that it starts. */
  private static boolean ignored(int signal) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask >> (signal - 1) & 1) != 0);
  }

  @Test
  void signalsThatCanBeCaught_giveBackBeforeTheProcessEnds() throws Exception {
    Map<String, String> before = state();
    for (Map.Entry<String, Integer> signal : Map.of("INT", 2, "TERM", 15, "HUP", 1).entrySet()) {
      String name = signal.getKey();
      if (ignored(signal.getValue())) {
        // Started by nohup, or in the background of a script: such a process is not to end by it.
        continue;
      }
      Process process = victim("hold");
      assertThat(output(process).readLine()).as(this::said).isEqualTo("holding");
      assertThat(state()).isNotEqualTo(before);
      signal(process.pid(), name);
      assertThat(process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(state()).as(name).isEqualTo(before);
      assertThat(Files.exists(run.resolve("journal"))).isFalse();
    }
  }

  @Test
  void aKilledWriter_isMadeGoodByItsSupervisor(TestReporter reporter) throws Exception {
    Map<String, String> before = state();
    Process process = victim("hold");
    assertThat(output(process).readLine()).as(this::said).isEqualTo("holding");
    assertThat(state()).containsEntry("scaling_governor", "userspace");
    signal(process.pid(), "KILL");

    long millis = awaitState(before);
    reporter.publishEntry("milliseconds from kill -9 to the last value back", millis + "");
  }

  @Test
  void aStoppedWriter_isTakenForDead_andMayNotWriteWhenItGoesOn() throws Exception {
    Map<String, String> before = state();
    Process process = victim("hold", 300);
    BufferedReader output = output(process);
    assertThat(output.readLine()).as(this::said).isEqualTo("holding");
    signal(process.pid(), "STOP");
    awaitState(before);
    signal(process.pid(), "CONT");

    assertThat(output.readLine()).isEqualTo("given back");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aKilledSupervisor_makesTheWriterGiveBackAndStop() throws Exception {
    Map<String, String> before = state();
    Process process = victim("hold");
    BufferedReader output = output(process);
    assertThat(output.readLine()).as(this::said).isEqualTo("holding");
    signal(supervisor(process).pid(), "KILL");

    assertThat(output.readLine()).isEqualTo("given back");
    awaitState(before);
  }

  @Test
  void bothKilled_theNextStartGivesBackFirst() throws Exception {
    Map<String, String> before = state();
    Process process = victim("hold");
    assertThat(output(process).readLine()).as(this::said).isEqualTo("holding");
    long supervisor = supervisor(process).pid();
    signal(process.pid(), "STOP");
    signal(supervisor, "KILL");
    signal(process.pid(), "KILL");
    process.waitFor();
    assertThat(state()).containsEntry("scaling_governor", "userspace");
    assertThat(Files.exists(run.resolve("journal"))).isTrue();

    Process next = victim("exit");
    assertThat(output(next).readLine()).as(this::said).isEqualTo("holding");
    assertThat(next.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    awaitState(before);
  }

  @Test
  void theSupervisor_hasASessionOfItsOwn_outOfReachOfTheTerminal() throws Exception {
    Process process = victim("hold");
    assertThat(output(process).readLine()).as(this::said).isEqualTo("holding");
    long supervisor = supervisor(process).pid();

    assertThat(session(supervisor)).isEqualTo(supervisor).isNotEqualTo(session(process.pid()));
  }

  /** The sixth field of stat is the session. */
  private static long session(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
  }
}
