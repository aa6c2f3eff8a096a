package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.linux.adb.AdbServer;
import io.neurobalancer.linux.adb.Guard;
import io.neurobalancer.linux.adb.Phone;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.unit.NeuroBalancerException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a phone cannot be reached is one sentence, and one that says what to do. */
final class AdbCarrierTest {

  private final FakeAdb adb = new FakeAdb();
  private final AdbServer server = new AdbServer(adb.port(), true);
  private final FakePhone phone = new FakePhone(TreeSysfs.resource("pixel-6"), new VirtualClock());

  @TempDir private Path folder;

  @AfterEach
  void end() throws IOException {
    adb.close();
  }

  private static void refused(AdbServer by, String serial, Kind kind, String what, String advice) {
    assertThatThrownBy(() -> Phone.connect(by, serial))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              String[] lines = String.valueOf(e.getMessage()).split("\\R", -1);
              assertThat(lines).hasSize(2);
              assertThat(lines[0]).contains(what).endsWith(".");
              assertThat(lines[1]).startsWith("Maybe ").contains(advice);
            });
  }

  @Test
  void withoutAServer_itSaysWhetherAdbIsInstalled() throws IOException {
    adb.close();
    refused(server, "", Kind.FINDING, "The adb server does not run", "adb start-server");
    refused(
        new AdbServer(adb.port(), false),
        "",
        Kind.FINDING,
        "There is no adb here",
        "install Android's platform-tools");
  }

  @Test
  void theServersPort_isTheOneThatAdbWouldUse() {
    adb.list("A1", "device");
    AdbServer named =
        AdbServer.standard(
            Map.of("ANDROID_ADB_SERVER_PORT", String.valueOf(adb.port()), "PATH", ""));
    assertThat(named.devices()).containsExactly(Map.entry("A1", "device"));
  }

  @Test
  void anotherProgramOnThePort_isNotTakenForAdb() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread =
          new Thread(
              () -> {
                try (Socket socket = other.accept();
                    OutputStream out = socket.getOutputStream()) {
                  out.write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII));
                  out.flush();
                  socket.getInputStream().readNBytes(16);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
      refused(
          new AdbServer(other.getLocalPort(), true),
          "",
          Kind.FINDING,
          "does not speak adb's protocol ('HTTP')",
          "adb kill-server");
    }
  }

  @Test
  void noPhone_orSeveral_orAnUnknownOne_isSaid() {
    refused(server, "", Kind.FINDING, "No phone is connected", "USB debugging");
    adb.plugIn("A1", phone).list("B2", "device");
    refused(server, "", Kind.INVALID, "(A1, B2)", "--device adb:A1 or --device adb:B2");
    refused(server, "C3", Kind.INVALID, "adb lists no phone 'C3'", "A1, B2");
    Phone.connect(server, "A1").close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unauthorized | NO_PERMISSION | does not trust this computer | allow USB debugging",
        "no permissions (user in plugdev group) | NO_PERMISSION | may not open the USB | udev rule",
        "offline | FINDING | does not answer (adb: offline) | adb reconnect",
        "recovery | FINDING | does not run Android now (adb: recovery) | start it as usual",
      })
  void aPhoneInAnotherState_isExplained(String state, Kind kind, String what, String advice) {
    adb.list("A1", state);
    refused(server, "", kind, what, advice);
  }

  @Test
  void anAndroidWithoutExitCodes_isTooOld() {
    phone.features = "cmd";
    adb.plugIn("A1", phone);
    refused(server, "", Kind.FINDING, "too old", "Android 7");
  }

  @ParameterizedTest
  @CsvSource({"absent, inaccessible or not found", "denied, Permission denied"})
  void withoutRoot_thePhoneCanBeLookedAt_andNothingIsWritten(String su, String why) {
    phone.su = su;
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      assertThat(connected.noRoot()).get().asString().contains(why);
      Doctor doctor = connected.doctor(new Guard(folder.resolve("guard")));
      assertThat(doctor.complaints()).anyMatch(c -> c.startsWith("There is no root on the phone"));
      assertThat(doctor.machine().clocks()).hasSize(5);
      assertThatThrownBy(() -> new Guard(folder.resolve("guard")).restore(connected))
          .hasMessageContaining("gives no root")
          .hasMessageContaining("Maybe root it");
    }
  }

  @Test
  void adbdAsRoot_needsNoSu() {
    phone.user = "0";
    phone.su = "absent";
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      assertThat(connected.noRoot()).isEmpty();
    }
  }

  @Test
  void selinux_thatRefusesRoot_isNamed() {
    String path = "/sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq";
    phone.selinux.add(path);
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      assertThatThrownBy(() -> connected.sysfs().read(path))
          .isInstanceOfSatisfying(
              SysfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES))
          .hasMessageContaining("SELinux refuses it even to root");
    }
  }

  @Test
  void aFullPhone_keepsNoGuard_andIsSaid() throws IOException {
    phone.full = true;
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      assertThatThrownBy(() -> guard().restore(connected))
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("Maybe look for free space");
    }
  }

  @Test
  void theCablePulled_whileReading_isAReadThatFails_andNeverAValue() {
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      String path = "/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq";
      assertThat(connected.sysfs().firstLine(path, "?")).isEqualTo("1803000");
      adb.pullCable();
      assertThatThrownBy(() -> connected.sysfs().read(path))
          .isInstanceOf(SysfsException.class)
          .hasMessageContaining("out of reach");
      assertThat(connected.sysfs().writable(path)).isFalse();
      assertThatThrownBy(() -> connected.doctor(new Guard(folder.resolve("guard"))))
          .hasMessageContaining("The connection to the phone was lost")
          .hasMessageContaining("Maybe look at the cable");
    }
  }

  @Test
  void withoutAGuard_noWriteLeavesThisMachine() {
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      assertThatThrownBy(
              () ->
                  connected
                      .sysfs()
                      .write("/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "300000"))
          .hasMessageContaining("without its guard");
      assertThatThrownBy(() -> new Guard(folder.resolve("guard")).restore(connected))
          .isInstanceOfSatisfying(
              NeuroBalancerException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_PERMISSION))
          .hasMessageContaining("it was not built")
          .hasMessageContaining("Maybe run 'neurobalancer bundle'");
      assertThat(phone.files).isEmpty();
    }
  }

  @Test
  void whatIsThereAlready_isNotPushedAgain() throws IOException {
    adb.plugIn("A1", phone);
    try (Phone connected = Phone.connect(server, "")) {
      Guard guard = guard();
      assertThat(guard.restore(connected)).isEmpty();
      assertThat(phone.files).hasSize(1);
      phone.full = true; // a second push would fail
      assertThat(guard.restore(connected)).isEqualTo(List.of());
    }
  }

  @Test
  void aProgramForAnotherMachine_isNoGuard() throws IOException {
    Path file = Files.write(folder.resolve("x86"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    assertThat(new Guard(file).obstacle()).get().asString().contains("no small program for arm64");
    byte[] large = new byte[150_001];
    System.arraycopy(GuardFile.BYTES, 0, large, 0, GuardFile.BYTES.length);
    assertThat(new Guard(Files.write(folder.resolve("large"), large)).obstacle()).isPresent();
    assertThat(guard().obstacle()).isEmpty();
  }

  private Guard guard() throws IOException {
    return GuardFile.in(folder);
  }
}
