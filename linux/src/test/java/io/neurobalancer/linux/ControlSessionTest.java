package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, the values come back, or the report names those that do not. */
final class ControlSessionTest {

  private static final List<String> KEPT =
      List.of(
          FakeKernel.POLICY0 + "/scaling_governor",
          FakeKernel.POLICY0 + "/scaling_min_freq",
          FakeKernel.POLICY0 + "/scaling_max_freq",
          FakeKernel.POLICY0 + "/schedutil/rate_limit_us",
          FakeKernel.POLICY4 + "/scaling_governor",
          FakeKernel.POLICY4 + "/scaling_min_freq",
          FakeKernel.POLICY4 + "/scaling_max_freq",
          FakeKernel.DMC + "/governor",
          FakeKernel.DMC + "/min_freq",
          FakeKernel.DMC + "/max_freq",
          FakeKernel.DMC + "/polling_interval");

  private final VirtualClock clock = new VirtualClock();
  private final FakeKernel kernel = new FakeKernel(clock);
  private final QuietWatch watch = new QuietWatch();
  private final RunFolder folder;

  ControlSessionTest(@TempDir Path temporary) {
    folder = new RunFolder(temporary.resolve("run"));
  }

  @BeforeEach
  void aUserHasTunedTheBoard() throws SysfsException {
    kernel.write(FakeKernel.POLICY0 + "/schedutil/rate_limit_us", "12345");
    kernel.write(FakeKernel.POLICY4 + "/scaling_min_freq", "900000");
    kernel.write(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
    kernel.write(FakeKernel.DMC + "/min_freq", "800000000");
    clock.advance(50_000_000);
    kernel.writes.clear();
  }

  private Map<String, String> state() {
    clock.advance(50_000_000);
    Map<String, String> values = new TreeMap<>();
    for (String path : KEPT) {
      values.put(path, kernel.firstLine(path, "unreadable"));
    }
    return values;
  }

  private List<ClockControl> controls() {
    return Discovery.of(kernel).clocks();
  }

  private ControlSession open() {
    return ControlSession.open(kernel, clock, folder, watch, controls());
  }

  private static void drive(ControlSession session, VirtualClock clock) {
    for (int round = 0; round < 3; round++) {
      for (ClockWriter writer : session.writers()) {
        session.set(writer, round == 1 ? 2 : 0, clock.nanoTime());
      }
      clock.advance(30_000_000);
    }
  }

  @Test
  void normalExit_givesEverythingBack_tunablesIncluded() {
    Map<String, String> before = state();
    try (ControlSession session = open()) {
      drive(session, clock);
      assertThat(state()).isNotEqualTo(before);
      assertThat(Files.exists(folder.journal())).isTrue();
    }
    assertThat(state()).isEqualTo(before);
    assertThat(before).containsEntry(FakeKernel.POLICY0 + "/schedutil/rate_limit_us", "12345");
    assertThat(Files.exists(folder.journal())).isFalse();
    assertThat(watch.closed()).isEqualTo(1);
  }

  @Test
  void dryLooking_writesNothing() {
    controls();
    Doctor.examine(kernel, folder);

    assertThat(kernel.writes).isEmpty();
    assertThat(Files.exists(folder.path())).isFalse();
  }

  @Test
  void theJournal_isOnDiskBeforeTheFirstWrite_andTheSupervisorWatches() {
    Journal.Disk disk =
        new Journal.Disk() {
          @Override
          public void store(Path file, byte[] bytes) throws IOException {
            assertThat(kernel.writes).isEmpty();
            assertThat(watch.started()).isZero();
            Journal.DISK.store(file, bytes);
          }

          @Override
          public void append(Path file, byte[] bytes) throws IOException {
            Journal.DISK.append(file, bytes);
          }
        };
    try (ControlSession session =
        ControlSession.open(kernel, clock, folder, watch, controls(), disk)) {
      assertThat(kernel.writes).isNotEmpty();
      assertThat(watch.started()).isEqualTo(1);
      assertThat(session.report()).isEmpty();
    }
  }

  @Test
  void fullDisk_meansNoWriteAtAll() {
    Journal.Disk full =
        new Journal.Disk() {
          @Override
          public void store(Path file, byte[] bytes) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void append(Path file, byte[] bytes) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> ControlSession.open(kernel, clock, folder, watch, controls(), full))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("nothing was written");
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void unwritableFiles_areAMatterOfPermission_andNothingIsHalfControlled() {
    List<ClockControl> found = controls();
    kernel.failWrites(FakeKernel.POLICY4 + "/scaling_governor", Errno.EACCES);
    Map<String, String> before = state();

    assertThatThrownBy(() -> ControlSession.open(kernel, clock, folder, watch, found))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("Everything that was changed is back");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aUserWithoutRights_isToldBeforeAnythingHappens() {
    kernel.forbidWrites();

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("Maybe Run as root");
    assertThat(Files.exists(folder.path())).isFalse();
  }

  @Test
  void aRefusedWriteInTheMiddle_endsTheRun_andEverythingIsBack() {
    Map<String, String> before = state();
    for (Errno errno : List.of(Errno.EINVAL, Errno.EBUSY, Errno.EIO)) {
      ControlSession session = open();
      ClockWriter policy = session.writers().get(0);
      session.set(policy, 1, clock.nanoTime());
      kernel.failWrites(FakeKernel.POLICY0 + "/scaling_setspeed", errno);

      assertThatThrownBy(() -> session.set(policy, 2, clock.nanoTime()))
          .isInstanceOfSatisfying(
              NeuroBalancerException.class,
              e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
          .hasMessageContaining(errno.name())
          .hasMessageContaining("Everything that was changed is back");
      assertThat(state()).isEqualTo(before);
      session.close();
      kernel.failWrites(FakeKernel.POLICY0 + "/scaling_setspeed", Errno.OTHER);
    }
  }

  @Test
  void aReadOnlySysfs_isToldApart() {
    List<ClockControl> found = controls();
    kernel.failWrites(FakeKernel.POLICY0 + "/scaling_governor", Errno.EROFS);

    assertThatThrownBy(() -> ControlSession.open(kernel, clock, folder, watch, found))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("EROFS");
  }

  @Test
  void aGovernorSwitchThatDidNothing_isNoticed_andLimitsAreUsedInstead() {
    kernel.dmc.switchDoesNothing();
    try (ControlSession session = open()) {
      ClockWriter memory = session.writers().get(2);
      session.set(memory, 0, clock.nanoTime());

      assertThat(memory.mechanism()).isEqualTo(ClockControl.Mechanism.LIMITS);
      assertThat(memory.actual()).isZero();
      assertThat(session.notes()).anyMatch(note -> note.contains("said OK and did nothing"));
    }
    assertThat(state()).containsEntry(FakeKernel.DMC + "/min_freq", "800000000");
  }

  @Test
  void pinning_movesTheLimitThatMakesRoomFirst() throws SysfsException {
    kernel.put(FakeKernel.POLICY0 + "/scaling_available_governors", "performance schedutil", "r");
    ClockControl policy = Discovery.of(kernel).clock("policy0").orElseThrow();
    kernel.policy(FakeKernel.POLICY0).strict();
    try (ControlSession session =
        ControlSession.open(kernel, clock, folder, watch, List.of(policy))) {
      kernel.writes.clear();
      ClockWriter writer = session.writers().get(0);
      session.set(writer, 3, clock.nanoTime());
      session.set(writer, 5, clock.nanoTime());
      session.set(writer, 1, clock.nanoTime());
      assertThat(kernel.writes)
          .containsExactly(
              "scaling_min_freq=1017600", "scaling_max_freq=1017600", // from free: down
              "scaling_max_freq=1497600", "scaling_min_freq=1497600", // faster
              "scaling_min_freq=576000", "scaling_max_freq=576000"); // slower
      kernel.writes.clear();
    }
    // As found was 300000 to 1900800: the maximum has to rise before anything else.
    assertThat(kernel.writes)
        .containsExactly("scaling_max_freq=1900800", "scaling_min_freq=300000");
  }

  @Test
  void aCapAtTheStart_isNotTakenForTheUsersWish_andDoesNotOutliveItsReason() {
    kernel.policy(FakeKernel.POLICY0).cap(1017600);
    clock.advance(50_000_000);
    try (ControlSession session = open()) {
      assertThat(session.notes()).anyMatch(note -> note.contains("it is capped"));
      kernel.policy(FakeKernel.POLICY0).cap(0);
      clock.advance(50_000_000);
    }
    Map<String, String> after = state();
    assertThat(after).containsEntry(FakeKernel.POLICY0 + "/scaling_max_freq", "1900800");
    // A low maximum that was the user's own does come back.
    assertThat(after).containsEntry(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
  }

  @Test
  void aCapAtTheEnd_hidesWhatIsGivenBack_andIsSaid() {
    ControlSession session = open();
    kernel.policy(FakeKernel.POLICY4).cap(900000);
    clock.advance(50_000_000);
    session.close();

    assertThat(session.report().orElseThrow().items())
        .filteredOn(item -> item.outcome() == RestoreReport.Outcome.CAPPED)
        .extracting(RestoreReport.Item::path)
        .containsExactly(FakeKernel.POLICY4 + "/scaling_max_freq");
    kernel.policy(FakeKernel.POLICY4).cap(0);
    assertThat(state()).containsEntry(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
  }

  @Test
  void aUserWhoMayNotWriteTheExactMemoryClock_usesLimits() {
    kernel.closeSetFreq();
    try (ControlSession session = open()) {
      ClockWriter memory = session.writers().get(2);
      session.set(memory, 3, clock.nanoTime());

      assertThat(memory.mechanism()).isEqualTo(ClockControl.Mechanism.LIMITS);
      assertThat(memory.actual()).isEqualTo(3);
    }
    assertThat(state()).containsEntry(FakeKernel.DMC + "/governor", "simple_ondemand");
  }

  @Test
  void aSecondInstance_isRefused_andTheFirstIsNotDisturbed() {
    Map<String, String> before = state();
    try (ControlSession first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("Another run")
          .hasMessageContaining("nothing was written");
      drive(first, clock);
      assertThat(Files.exists(folder.journal())).isTrue();
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void theSupervisorsDeath_givesBackAtOnce_andStopsTheRun() {
    Map<String, String> before = state();
    ControlSession session = open();
    drive(session, clock);
    watch.die();

    assertThat(state()).isEqualTo(before);
    assertThatThrownBy(() -> session.set(session.writers().get(0), 1, clock.nanoTime()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("The supervisor died");
    session.close();
  }

  @Test
  void aSupervisorThatDiesUnheard_isNoticedByTheNextWrite() {
    Map<String, String> before = state();
    ControlSession session = open();
    drive(session, clock);
    watch.dieUnheard();

    assertThatThrownBy(() -> session.set(session.writers().get(0), 1, clock.nanoTime()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("The supervisor died");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void bothDead_theNextStartGivesBackFirst() throws IOException {
    Map<String, String> before = state();
    String journal = diedWithItsSupervisor();
    Files.writeString(folder.journal(), journal);

    try (ControlSession next = open()) {
      assertThat(next.notes()).anyMatch(note -> note.contains("had died with its supervisor"));
      drive(next, clock);
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void bothDead_restoreByHand_isIdempotent() throws IOException {
    Map<String, String> before = state();
    Files.writeString(folder.journal(), diedWithItsSupervisor());

    Restoration first = Restoration.byHand(kernel, clock, folder);
    assertThat(first.status()).isEqualTo(Restoration.Status.RESTORED);
    assertThat(state()).isEqualTo(before);
    kernel.writes.clear();
    assertThat(Restoration.byHand(kernel, clock, folder).status())
        .isEqualTo(Restoration.Status.NOTHING);
    assertThat(kernel.writes).isEmpty();
  }

  /** Returns the journal of a run that left the board changed. */
  private String diedWithItsSupervisor() throws IOException {
    ControlSession session = open();
    drive(session, clock);
    String journal = Files.readString(folder.journal());
    session.close();
    kernel.write(FakeKernel.POLICY0 + "/scaling_governor", "userspace");
    kernel.write(FakeKernel.POLICY0 + "/scaling_setspeed", "300000");
    kernel.write(FakeKernel.POLICY4 + "/scaling_max_freq", "500000");
    kernel.write(FakeKernel.DMC + "/governor", "userspace");
    kernel.write(FakeKernel.DMC + "/userspace/set_freq", "400000000");
    clock.advance(50_000_000);
    return journal;
  }

  @Test
  void aJournalOfAnotherBoot_isNotObeyed() throws IOException {
    Files.writeString(folder.journal(), diedWithItsSupervisor());
    kernel.set(FakeKernel.BOOT_ID, "another");
    kernel.writes.clear();

    assertThat(Restoration.byHand(kernel, clock, folder).status())
        .isEqualTo(Restoration.Status.OTHER_BOOT);
    assertThat(kernel.writes).isEmpty();
    assertThat(Files.exists(folder.journal())).isFalse();
  }

  @Test
  void aTruncatedJournal_isUsedAsFarAsItGoes_andSaysWhatIsMissing() throws IOException {
    String whole = diedWithItsSupervisor();
    String[] lines = whole.split("\n", -1);
    for (int cut = 0; cut < whole.length() - 1; cut += 23) {
      Journal journal = Journal.parse(whole.substring(0, cut));
      assertThat(journal.problems()).isNotEmpty();
      assertThat(journal.originals().size()).isLessThanOrEqualTo(lines.length - 4);
    }
    assertThat(Journal.parse(whole).problems()).isEmpty();

    // Everything but the last value and the end: what is there comes back, and nobody says "all".
    String most = whole.substring(0, whole.indexOf("polling_interval"));
    Files.writeString(folder.journal(), most);
    Restoration restored = Restoration.byHand(kernel, clock, folder);
    assertThat(restored.status()).isEqualTo(Restoration.Status.INCOMPLETE);
    assertThat(restored.message()).contains("cut off");
    assertThat(state()).containsEntry(FakeKernel.POLICY0 + "/scaling_governor", "schedutil");
  }

  @Test
  void aHostileJournal_writesNothingOutsideTheTablesAndTheDevices() throws IOException {
    diedWithItsSupervisor();
    kernel.put("/sys/power/state", "", "rw");
    kernel.put("/sys/devices/evil/scaling_max_freq", "1", "rw");
    kernel.put("/etc/shadow", "x", "rw");
    kernel.link(FakeKernel.POLICY0 + "/max_freq", "/etc/shadow");
    Files.createDirectories(folder.path());
    Files.writeString(
        folder.journal(),
        journal(
            "keep\tMAX\t/sys/power/state\tmem",
            "keep\tMAX\t/etc/shadow\t1",
            "keep\tTUNABLE\t/etc/shadow\troot",
            "keep\tMAX\t" + FakeKernel.POLICY0 + "/max_freq\t300000",
            "keep\tMAX\t" + FakeKernel.POLICY0 + "/../../../../../../etc/shadow\t300000",
            "keep\tMAX\t" + FakeKernel.POLICY0 + "/scaling_max_freq\t9999999999",
            "keep\tMIN\t" + FakeKernel.POLICY0 + "/scaling_min_freq\t-1",
            "keep\tGOVERNOR\t" + FakeKernel.POLICY0 + "/scaling_governor\tevil_module",
            "keep\tEXACT\t" + FakeKernel.POLICY0 + "/scaling_setspeed\t1; reboot",
            "keep\tMAX\t/sys/devices/evil/scaling_max_freq\t5",
            "keep\tMODE\t" + FakeKernel.POLICY0 + "/scaling_governor\tmanual"));
    kernel.writes.clear();

    Restoration restored = Restoration.byHand(kernel, clock, folder);

    assertThat(kernel.writes).isEmpty();
    assertThat(restored.status()).isEqualTo(Restoration.Status.INCOMPLETE);
    assertThat(restored.report().orElseThrow().items())
        .extracting(RestoreReport.Item::outcome)
        .containsOnly(RestoreReport.Outcome.REFUSED);
  }

  @Test
  void aFolderThatOthersCanWriteTo_isNotTrusted() throws IOException {
    Files.createDirectories(folder.path());
    Files.setPosixFilePermissions(
        folder.path(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(folder.journal(), "");

    assertThat(Restoration.byHand(kernel, clock, folder).status())
        .isEqualTo(Restoration.Status.REFUSED);
    assertThatThrownBy(this::open).hasMessageContaining("others can write");
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void restoring_goesOnAfterAFailure_andNamesWhatIsNotBack() throws SysfsException {
    Map<String, String> before = state();
    ControlSession session = open();
    drive(session, clock);
    kernel.failWrites(FakeKernel.POLICY0 + "/scaling_governor", Errno.EIO);

    assertThatThrownBy(session::close)
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(FakeKernel.POLICY0 + "/scaling_governor")
        .hasMessageContaining("neurobalancer restore");
    Map<String, String> after = state();
    assertThat(after.get(FakeKernel.DMC + "/governor"))
        .isEqualTo(before.get(FakeKernel.DMC + "/governor"));
    assertThat(after.get(FakeKernel.POLICY4 + "/scaling_max_freq")).isEqualTo("2200000");
    assertThat(Files.exists(folder.journal())).isTrue();

    // When the cause is gone, the journal that was kept does the rest.
    kernel.failWrites(FakeKernel.POLICY0 + "/scaling_governor", Errno.OTHER);
    assertThat(Restoration.byHand(kernel, clock, folder).settled()).isTrue();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aPolicyWithoutCpus_isNamed_andComesBackWithThem() {
    Map<String, String> before = state();
    ControlSession session = open();
    drive(session, clock);
    kernel.policy(FakeKernel.POLICY4).offline(true);

    assertThatThrownBy(() -> session.set(session.writers().get(1), 1, clock.nanoTime()))
        .hasMessageContaining("EBUSY")
        .hasMessageContaining("Not back")
        .hasMessageContaining("policy4");
    kernel.policy(FakeKernel.POLICY4).offline(false);
    assertThat(Restoration.byHand(kernel, clock, folder).settled()).isTrue();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void anInterruptedThread_stillGivesEverythingBack() {
    Map<String, String> before = state();
    ControlSession session = open();
    drive(session, clock);
    Thread.currentThread().interrupt();
    session.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(state()).isEqualTo(before);
  }

  private static String journal(String... records) {
    StringBuilder text = new StringBuilder();
    List<String> all = new java.util.ArrayList<>();
    all.add("neurobalancer-journal\t1");
    all.add("boot\tb1946ac9-2f3e-4a27-9f01-000000000001");
    all.add("pid\t1");
    all.addAll(List.of(records));
    all.add("end\t" + records.length);
    for (String payload : all) {
      CRC32 crc = new CRC32();
      crc.update(payload.getBytes(StandardCharsets.UTF_8));
      text.append(String.format(java.util.Locale.ROOT, "%08x", crc.getValue()))
          .append(' ')
          .append(payload)
          .append('\n');
    }
    return text.toString();
  }
}
