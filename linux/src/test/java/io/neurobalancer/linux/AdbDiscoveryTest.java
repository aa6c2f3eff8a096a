package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neurobalancer.linux.adb.AdbServer;
import io.neurobalancer.linux.adb.Guard;
import io.neurobalancer.linux.adb.Phone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell on the phone reads in one look is what this machine would read file by file. */
final class AdbDiscoveryTest {

  @TempDir private Path folder;

  /** The script itself and one look; a snapshot that asked again would show here. */
  private static final int ROUND_TRIPS = 3;

  private static void lay(TreeSysfs tree, Path root) throws IOException {
    for (Map.Entry<String, String> file : tree.contents().entrySet()) {
      Path path = root.resolve(file.getKey().substring(1));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue() + "\n");
      path.toFile().setReadable(tree.readable(file.getKey()), false);
    }
    for (Map.Entry<String, String> link : tree.links().entrySet()) {
      Path path = root.resolve(link.getKey().substring(1));
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, root.resolve(link.getValue().substring(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pixel-4",
        "pixel-6",
        "snapdragon-8-gen-1",
        "mediatek",
        "rk3588",
        "rk3399",
        "odroid-xu3"
      })
  void oneLook_findsWhatReadingFileByFileFinds(String name) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to read with");
    TreeSysfs tree = TreeSysfs.resource(name);
    Path root = Files.createDirectories(folder.toRealPath().resolve("phone"));
    lay(tree, root);
    try (FakeAdb adb = new FakeAdb().plugIn("A1", new FakePhone(root));
        Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      assertThat(Discovery.of(phone.sysfs().snapshot()))
          .hasToString(Discovery.of(new LocalSysfs(root)).toString());
      assertThat(phone.roundTrips()).isLessThanOrEqualTo(ROUND_TRIPS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixel-4", "pixel-6", "snapdragon-8-gen-1", "mediatek", "rk3588"})
  void filesReadOneByOne_sayTheSame(String name) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to read with");
    TreeSysfs tree = TreeSysfs.resource(name);
    Path root = Files.createDirectories(folder.toRealPath().resolve("phone"));
    lay(tree, root);
    try (FakeAdb adb = new FakeAdb().plugIn("A1", new FakePhone(root));
        Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      LocalSysfs local = new LocalSysfs(root);
      for (String path : tree.contents().keySet()) {
        assertThat(phone.sysfs().firstLine(path, "?")).isEqualTo(local.firstLine(path, "?"));
      }
      for (String link : tree.links().keySet()) {
        assertThat(phone.sysfs().canonical(link)).isEqualTo(local.canonical(link));
        assertThat(phone.sysfs().list(link)).isEqualTo(local.list(link));
      }
      assertThat(phone.sysfs().exists("/sys/no/such/file")).isFalse();
      assertThat(phone.sysfs().list("/sys/no/such")).isEmpty();
    }
  }

  @Test
  void aQuoteOrASpaceInAPath_isNoShellCode() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to read with");
    Path root = Files.createDirectories(folder.toRealPath().resolve("phone"));
    Files.createDirectories(root.resolve("sys"));
    Files.writeString(root.resolve("sys/it's $(touch pwned)"), "a\\nb  c\n\n");
    try (FakeAdb adb = new FakeAdb().plugIn("A1", new FakePhone(root));
        Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      assertThat(phone.sysfs().read("/sys/it's $(touch pwned)")).isEqualTo("a\\nb  c");
      assertThat(Files.exists(Path.of("pwned"))).isFalse();
    }
  }

  @Test
  void doctor_namesThePowerHal_theChargingBattery_andTheMissingGuard() throws IOException {
    TreeSysfs tree = TreeSysfs.resource("pixel-6");
    tree.set("/sys/class/power_supply/battery/status", "Charging");
    String hal = "/vendor/bin/hw/android.hardware.power-service.pixel-libperfmgr";
    tree.put("/proc/812/comm", "android.hardwar", "r");
    tree.put("/proc/812/cmdline", hal, "r");
    tree.put("/proc/813/comm", "android.hardwar", "r");
    tree.put("/proc/813/cmdline", "/vendor/bin/hw/android.hardware.audio.service", "r");
    FakePhone fake = new FakePhone(tree, new VirtualClock());
    try (FakeAdb adb = new FakeAdb().plugIn("A1", fake);
        Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      Doctor doctor = phone.doctor(new Guard(folder.resolve("none")));

      assertThat(doctor.machine().rivals())
          .containsExactly("the power HAL (android.hardware.power-service.pixel-libperfmgr)");
      assertThat(doctor.machine().meter("battery").orElseThrow().obstacle())
          .get()
          .asString()
          .contains("not discharging (Charging)");
      assertThat(doctor.complaints())
          .containsExactly(
              "There is no guard for the phone: it was not built: there is no '"
                  + folder.resolve("none")
                  + "'.");
      assertThat(phone.doctor(GuardFile.in(folder)).healthy()).isTrue();
      assertThat(tree.writes).isEmpty();
      assertThat(fake.files).isEmpty();
    }
  }
}
