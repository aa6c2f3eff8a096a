package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neurobalancer.linux.adb.Guard;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real guard, compiled for this machine, on a folder that plays the phone. */
final class GuardProgramTest {

  private static final String POLICY = "/sys/devices/system/cpu/cpufreq/policy4";
  private static final String DMC = "/sys/devices/platform/dmc/devfreq/dmc";

  @TempDir private static Path tools;
  private static Path program = Path.of("guard");

  private Path root = Path.of("/");
  private Path journal = Path.of("journal");

  @BeforeAll
  static void compile() throws Exception {
    Optional<String> compiler =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .flatMap(folder -> List.of(folder + "/musl-gcc", folder + "/gcc").stream())
            .filter(file -> Files.isExecutable(Path.of(file)))
            .findFirst();
    assumeTrue(compiler.isPresent(), "there is no gcc here to compile guard.c with");
    Path source = tools.resolve("guard.c");
    try (InputStream in = Guard.class.getResourceAsStream("guard.c")) {
      Files.write(source, Objects.requireNonNull(in).readAllBytes());
    }
    program = tools.resolve("guard");
    Process build =
        new ProcessBuilder(
                compiler.orElseThrow(),
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                program.toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.waitFor()).as(said).isZero();
  }

  @BeforeEach
  void aRunThatHasChangedClocks(@TempDir Path folder) throws IOException {
    root = folder.toRealPath().resolve("phone");
    journal = folder.resolve("journal");
    put(POLICY + "/scaling_governor", "userspace");
    put(POLICY + "/scaling_max_freq", "500000");
    put(POLICY + "/scaling_min_freq", "500000");
    put(POLICY + "/scaling_setspeed", "500000");
    put(POLICY + "/schedutil/rate_limit_us", "1000");
    put(DMC + "/governor", "userspace");
    put(DMC + "/userspace/set_freq", "0");
    write(
        new Original(Role.GOVERNOR, POLICY + "/scaling_governor", "schedutil"),
        new Original(Role.MAX, POLICY + "/scaling_max_freq", "2200000"),
        new Original(Role.MIN, POLICY + "/scaling_min_freq", "900000"),
        new Original(Role.TUNABLE, POLICY + "/schedutil/rate_limit_us", "12345"),
        new Original(Role.GOVERNOR, DMC + "/governor", "simple_ondemand"));
  }

  private void put(String path, String value) throws IOException {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
  }

  private String get(String path) throws IOException {
    return Files.readString(root.resolve(path.substring(1))).strip();
  }

  private void write(Original... originals) throws IOException {
    new Journal("", 1, List.of(originals), List.of()).store(Journal.DISK, journal);
  }

  private Process start(String verb, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(program.toString(), verb, "--root", root.toString(), journal.toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).start();
  }

  private static String line(Process guard) throws IOException {
    return String.valueOf(
        new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8))
            .readLine());
  }

  private static int end(Process guard) throws InterruptedException {
    assertThat(guard.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return guard.exitValue();
  }

  private void isBack() throws IOException {
    assertThat(get(POLICY + "/scaling_governor")).isEqualTo("schedutil");
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("2200000");
    assertThat(get(POLICY + "/scaling_min_freq")).isEqualTo("900000");
    assertThat(get(POLICY + "/schedutil/rate_limit_us")).isEqualTo("12345");
    assertThat(get(DMC + "/governor")).isEqualTo("simple_ondemand");
    assertThat(journal).doesNotExist();
  }

  @Test
  void theEndOfItsInput_isTheEndOfTheWriter() throws Exception {
    Process guard = start("watch", "60000");
    assertThat(line(guard)).isEqualTo("ready");
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("500000");
    guard.getOutputStream().close();
    assertThat(end(guard)).isZero();
    isBack();
  }

  @Test
  void withoutASignOfLife_itGivesBack_andNotBefore() throws Exception {
    Process guard = start("watch", "1500");
    assertThat(line(guard)).isEqualTo("ready");
    OutputStream pipe = guard.getOutputStream();
    for (int beat = 0; beat < 20; beat++) {
      pipe.write('b');
      pipe.flush();
      assertThat(guard.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(end(guard)).isZero(); // the pipe is still open
    isBack();
  }

  @Test
  void aWriterThatHasFinished_isBelieved() throws Exception {
    Process guard = start("watch", "60000");
    assertThat(line(guard)).isEqualTo("ready");
    guard.getOutputStream().write('d');
    guard.getOutputStream().flush();
    assertThat(end(guard)).isZero();
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("500000");
    assertThat(journal).doesNotExist();
  }

  @Test
  void askedToEnd_itGivesBackFirst() throws Exception {
    Process guard = start("watch", "60000");
    assertThat(line(guard)).isEqualTo("ready");
    guard.destroy();
    assertThat(end(guard)).isZero();
    isBack();
  }

  @Test
  void byHand_twice() throws Exception {
    assertThat(end(start("restore"))).isZero();
    isBack();
    assertThat(end(start("restore"))).isZero();
  }

  @Test
  void aJournalOfAnotherBoot_isNotObeyed() throws Exception {
    put("/proc/sys/kernel/random/boot_id", "two");
    new Journal(
            "one",
            1,
            List.of(new Original(Role.MAX, POLICY + "/scaling_max_freq", "2200000")),
            List.of())
        .store(Journal.DISK, journal);
    assertThat(end(start("restore"))).isZero();
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("500000");
    assertThat(journal).doesNotExist();
  }

  @Test
  void whatTheJournalCannotUndo_isNotWritten() throws Exception {
    put(POLICY + "/cpuinfo_min_freq", "1");
    put("/sys/devices/other/scaling_max_freq", "1");
    Process guard = start("watch", "60000");
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8));
    assertThat(answers.readLine()).isEqualTo("ready");
    OutputStream pipe = guard.getOutputStream();
    for (String[] ask :
        new String[][] {
          {"bw\t" + POLICY + "/scaling_max_freq\t900000\n", "ok"},
          {"w\t" + POLICY + "/scaling_setspeed\t900000\n", "ok"},
          {"w\t" + DMC + "/userspace/set_freq\t400\n", "ok"},
          {"w\t" + POLICY + "/cpuinfo_min_freq\t2\n", "no 1 the journal cannot undo it"},
          {"w\t/sys/devices/other/scaling_max_freq\t2\n", "no 1 the journal cannot undo it"},
          {"w\t" + POLICY + "/scaling_max_freq\t$(x)\n", "no 1 it is not a number"},
          {"x\t" + POLICY + "/scaling_max_freq\t1\n", "no 22 the line is not understood"},
          {"i\t" + POLICY + "/scaling_max_freq\t2800000\n", "ok"},
        }) {
      pipe.write(ask[0].getBytes(StandardCharsets.UTF_8));
      pipe.flush();
      assertThat(answers.readLine()).as(ask[0]).isEqualTo(ask[1]);
    }
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("900000");
    assertThat(get(POLICY + "/cpuinfo_min_freq")).isEqualTo("1");
    assertThat(get("/sys/devices/other/scaling_max_freq")).isEqualTo("1");
    pipe.close();
    assertThat(end(guard)).isZero();
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("2800000");
  }

  @Test
  void aDamagedLine_orAForeignPath_isNotObeyed_theRestIs() throws Exception {
    put("/etc/shadow", "secret");
    write(
        new Original(Role.MAX, POLICY + "/scaling_max_freq", "2200000"),
        new Original(Role.TUNABLE, "/etc/shadow", "0"),
        new Original(Role.MIN, POLICY + "/scaling_min_freq", "900000"));
    Files.writeString(journal, Files.readString(journal).replace("2200000", "2200001"));
    Process guard = start("restore");
    assertThat(end(guard)).isEqualTo(4);
    assertThat(get("/etc/shadow")).isEqualTo("secret");
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("500000");
    assertThat(get(POLICY + "/scaling_min_freq")).isEqualTo("900000");
    assertThat(journal).exists();
  }

  @Test
  void aJournalThatOthersCanWrite_isNotObeyed() throws Exception {
    assertThat(journal.toFile().setWritable(true, false)).isTrue();
    assertThat(end(start("restore"))).isEqualTo(3);
    assertThat(get(POLICY + "/scaling_max_freq")).isEqualTo("500000");
  }

  @Test
  void aCommandThatIsLed_endsWithItsHost_andTheClocksAreBack() throws Exception {
    Process guard = start("lead", "60000", "--", "/bin/sh", "-c", "echo started; exec sleep 60");
    assertThat(line(guard)).isEqualTo("started");
    ProcessHandle child = guard.descendants().findFirst().orElseThrow();
    guard.getOutputStream().close();
    assertThat(end(guard)).isEqualTo(5);
    assertThat(child.isAlive()).isFalse();
    isBack();
  }

  @Test
  void aCommandThatIsLed_andKilled_leavesNothingBehind() throws Exception {
    Process guard = start("lead", "60000", "--", "/bin/sh", "-c", "kill -9 $$");
    assertThat(end(guard)).isEqualTo(137);
    isBack();
  }

  @Test
  void aCommandThatIsLed_tellsItsExitCode() throws Exception {
    Files.delete(journal);
    assertThat(end(start("lead", "60000", "--", "/bin/sh", "-c", "exit 3"))).isEqualTo(3);
  }
}
