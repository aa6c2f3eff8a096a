package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, the values come back, or the report names those that do not. */
final class ControlSessionTest {

  private final TunedBoard board;
  private final VirtualClock clock;
  private final FakeKernel kernel;
  private final RunFolder folder;
  private final QuietWatch watch;

  ControlSessionTest(@TempDir Path temporary) throws SysfsException {
    board = new TunedBoard(temporary);
    clock = board.clock;
    kernel = board.kernel;
    folder = board.folder;
    watch = board.watch;
  }

  @Test
  void normalExit_givesEverythingBack_tunablesIncluded() {
    Map<String, String> before = board.state();
    try (ControlSession session = board.open()) {
      board.drive(session);
      assertThat(board.state()).isNotEqualTo(before);
      assertThat(Files.exists(folder.journal())).isTrue();
    }
    assertThat(board.state()).isEqualTo(before);
    assertThat(before).containsEntry(FakeKernel.POLICY0 + "/schedutil/rate_limit_us", "12345");
    assertThat(Files.exists(folder.journal())).isFalse();
    assertThat(watch.closed()).isEqualTo(1);
  }

  @Test
  void dryLooking_writesNothing() {
    board.controls();
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
        ControlSession.open(kernel, clock, folder, watch, board.controls(), disk)) {
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

    assertThatThrownBy(
            () -> ControlSession.open(kernel, clock, folder, watch, board.controls(), full))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no space left on the disk")
        .hasMessageContaining("nothing was written");
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void unwritableFiles_areAMatterOfPermission_andNothingIsHalfControlled() {
    List<ClockControl> found = board.controls();
    kernel.failWrites(FakeKernel.POLICY4 + "/scaling_governor", Errno.EACCES);
    Map<String, String> before = board.state();

    assertThatThrownBy(() -> ControlSession.open(kernel, clock, folder, watch, found))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("Everything that was changed is back");
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void aUserWithoutRights_isToldBeforeAnythingHappens() {
    kernel.forbidWrites();

    assertThatThrownBy(board::open)
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("Maybe run as root");
    assertThat(Files.exists(folder.path())).isFalse();
  }

  @Test
  void aRefusedWriteInTheMiddle_endsTheRun_andEverythingIsBack() {
    Map<String, String> before = board.state();
    for (Errno errno : List.of(Errno.EINVAL, Errno.EBUSY, Errno.EIO)) {
      ControlSession session = board.open();
      ClockWriter policy = session.writers().get(0);
      session.set(policy, 1, clock.nanoTime());
      kernel.failWrites(FakeKernel.POLICY0 + "/scaling_setspeed", errno);

      assertThatThrownBy(() -> session.set(policy, 2, clock.nanoTime()))
          .isInstanceOfSatisfying(
              NeuroBalancerException.class,
              e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
          .hasMessageContaining(errno.name())
          .hasMessageContaining("Everything that was changed is back");
      assertThat(board.state()).isEqualTo(before);
      session.close();
      kernel.failWrites(FakeKernel.POLICY0 + "/scaling_setspeed", Errno.OTHER);
    }
  }

  @Test
  void aReadOnlySysfs_isToldApart() {
    List<ClockControl> found = board.controls();
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
    try (ControlSession session = board.open()) {
      ClockWriter memory = session.writers().get(2);
      session.set(memory, 0, clock.nanoTime());

      assertThat(memory.mechanism()).isEqualTo(ClockControl.Mechanism.LIMITS);
      assertThat(memory.actual()).isZero();
      assertThat(session.notes()).anyMatch(note -> note.contains("said OK and did nothing"));
    }
    assertThat(board.state()).containsEntry(FakeKernel.DMC + "/min_freq", "800000000");
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
    try (ControlSession session = board.open()) {
      assertThat(session.notes()).anyMatch(note -> note.contains("it is capped"));
      kernel.policy(FakeKernel.POLICY0).cap(0);
      clock.advance(50_000_000);
    }
    Map<String, String> after = board.state();
    assertThat(after).containsEntry(FakeKernel.POLICY0 + "/scaling_max_freq", "1900800");
    // A low maximum that was the user's own does come back.
    assertThat(after).containsEntry(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
  }

  @Test
  void aCapAtTheEnd_hidesWhatIsGivenBack_andIsSaid() {
    ControlSession session = board.open();
    kernel.policy(FakeKernel.POLICY4).cap(900000);
    clock.advance(50_000_000);
    session.close();

    assertThat(session.report().orElseThrow().items())
        .filteredOn(item -> item.outcome() == RestoreReport.Outcome.CAPPED)
        .extracting(RestoreReport.Item::path)
        .containsExactly(FakeKernel.POLICY4 + "/scaling_max_freq");
    kernel.policy(FakeKernel.POLICY4).cap(0);
    assertThat(board.state()).containsEntry(FakeKernel.POLICY4 + "/scaling_max_freq", "2200000");
  }

  @Test
  void aUserWhoMayNotWriteTheExactMemoryClock_usesLimits() {
    kernel.closeSetFreq();
    try (ControlSession session = board.open()) {
      ClockWriter memory = session.writers().get(2);
      session.set(memory, 3, clock.nanoTime());

      assertThat(memory.mechanism()).isEqualTo(ClockControl.Mechanism.LIMITS);
      assertThat(memory.actual()).isEqualTo(3);
    }
    assertThat(board.state()).containsEntry(FakeKernel.DMC + "/governor", "simple_ondemand");
  }

  @Test
  void aSecondInstance_isRefused_andTheFirstIsNotDisturbed() {
    Map<String, String> before = board.state();
    try (ControlSession first = board.open()) {
      assertThatThrownBy(board::open)
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("Another run")
          .hasMessageContaining("nothing was written");
      board.drive(first);
      assertThat(Files.exists(folder.journal())).isTrue();
    }
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void theSupervisorsDeath_givesBackAtOnce_andStopsTheRun() {
    Map<String, String> before = board.state();
    ControlSession session = board.open();
    board.drive(session);
    watch.die();

    assertThat(board.state()).isEqualTo(before);
    assertThatThrownBy(() -> session.set(session.writers().get(0), 1, clock.nanoTime()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("The supervisor died");
    session.close();
  }

  @Test
  void aSupervisorThatDiesUnheard_isNoticedByTheNextWrite() {
    Map<String, String> before = board.state();
    ControlSession session = board.open();
    board.drive(session);
    watch.dieUnheard();

    assertThatThrownBy(() -> session.set(session.writers().get(0), 1, clock.nanoTime()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("The supervisor died");
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void restoring_goesOnAfterAFailure_andNamesWhatIsNotBack() throws SysfsException {
    Map<String, String> before = board.state();
    ControlSession session = board.open();
    board.drive(session);
    kernel.failWrites(FakeKernel.POLICY0 + "/scaling_governor", Errno.EIO);

    assertThatThrownBy(session::close)
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(FakeKernel.POLICY0 + "/scaling_governor")
        .hasMessageContaining("neurobalancer restore");
    Map<String, String> after = board.state();
    assertThat(after.get(FakeKernel.DMC + "/governor"))
        .isEqualTo(before.get(FakeKernel.DMC + "/governor"));
    assertThat(after.get(FakeKernel.POLICY4 + "/scaling_max_freq")).isEqualTo("2200000");
    assertThat(Files.exists(folder.journal())).isTrue();

    // When the cause is gone, the journal that was kept does the rest.
    kernel.failWrites(FakeKernel.POLICY0 + "/scaling_governor", Errno.OTHER);
    assertThat(Restoration.byHand(kernel, clock, folder).settled()).isTrue();
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void aPolicyWithoutCpus_isNamed_andComesBackWithThem() {
    Map<String, String> before = board.state();
    ControlSession session = board.open();
    board.drive(session);
    kernel.policy(FakeKernel.POLICY4).offline(true);

    assertThatThrownBy(() -> session.set(session.writers().get(1), 1, clock.nanoTime()))
        .hasMessageContaining("EBUSY")
        .hasMessageContaining("Not back")
        .hasMessageContaining("policy4");
    kernel.policy(FakeKernel.POLICY4).offline(false);
    assertThat(Restoration.byHand(kernel, clock, folder).settled()).isTrue();
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void anInterruptedThread_stillGivesEverythingBack() {
    Map<String, String> before = board.state();
    ControlSession session = board.open();
    board.drive(session);
    Thread.currentThread().interrupt();
    session.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(board.state()).isEqualTo(before);
  }
}
