package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a journal of a run that died brings back, and what one that lies does not. */
final class JournalRestorationTest {

  private final TunedBoard board;
  private final VirtualClock clock;
  private final FakeKernel kernel;
  private final RunFolder folder;

  JournalRestorationTest(@TempDir Path temporary) throws SysfsException {
    board = new TunedBoard(temporary);
    clock = board.clock;
    kernel = board.kernel;
    folder = board.folder;
  }

  @Test
  void bothDead_theNextStartGivesBackFirst() throws IOException {
    Map<String, String> before = board.state();
    String journal = diedWithItsSupervisor();
    Files.writeString(folder.journal(), journal);

    try (ControlSession next = board.open()) {
      assertThat(next.notes()).anyMatch(note -> note.contains("had died with its supervisor"));
      board.drive(next);
    }
    assertThat(board.state()).isEqualTo(before);
  }

  @Test
  void bothDead_restoreByHand_isIdempotent() throws IOException {
    Map<String, String> before = board.state();
    Files.writeString(folder.journal(), diedWithItsSupervisor());

    Restoration first = Restoration.byHand(kernel, clock, folder);
    assertThat(first.status()).isEqualTo(Restoration.Status.RESTORED);
    assertThat(board.state()).isEqualTo(before);
    kernel.writes.clear();
    assertThat(Restoration.byHand(kernel, clock, folder).status())
        .isEqualTo(Restoration.Status.NOTHING);
    assertThat(kernel.writes).isEmpty();
  }

  /** Returns the journal of a run that left the board changed. */
  private String diedWithItsSupervisor() throws IOException {
    ControlSession session = board.open();
    board.drive(session);
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
    assertThat(board.state()).containsEntry(FakeKernel.POLICY0 + "/scaling_governor", "schedutil");
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
    assertThatThrownBy(board::open).hasMessageContaining("others can write");
    assertThat(kernel.writes).isEmpty();
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
