package io.neurobalancer.cli;

import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the files of a run go. No run is replaced unseen. */
final class OutFolder {

  private static final Path DEFAULT = Path.of("neurobalancer-out");

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The folder that the files go to (default: neurobalancer-out).")
  private @Nullable Path folder;

  @Option(names = "--force", description = "Replaces an older run in the folder of --out.")
  private boolean force;

  /**
   * Makes sure, before any work is done, that files can be made in the folder, and returns it.
   *
   * @param names of the files
   * @throws NeuroBalancerException if it cannot be written, or was named and holds an older run
   */
  Path prepare(Screen screen, String... names) {
    Path chosen = folder == null ? DEFAULT : folder;
    AtomicFiles.prepareFolder(chosen);
    Optional<File> older =
        Arrays.stream(names)
            .map(name -> chosen.resolve(name).toFile())
            .filter(OutFolder::written)
            .findFirst();
    if (older.isPresent() && folder != null && !force) {
      throw NeuroBalancerException.invalid(
          "'%s' holds an older run (%s of %s).%nMaybe name another folder with --out, or replace that run with --force."
              .formatted(chosen, older.get().getName(), time(older.get())));
    }
    older.ifPresent(file -> say(screen, file));
    return chosen;
  }

  /** Says that a file of an older run is going to be replaced, if there is one. */
  static void sayReplaced(Screen screen, Path file) {
    if (written(file.toFile())) {
      say(screen, file.toFile());
    }
  }

  /** Returns whether there is a file with something in it. */
  static boolean written(File file) {
    return file.isFile() && file.length() > 0;
  }

  private static void say(Screen screen, File file) {
    screen.note("Replaces '%s' of %s; another --out keeps both.%n", file, time(file));
  }

  private static String time(File file) {
    return Instant.ofEpochMilli(file.lastModified()).atZone(ZoneId.systemDefault()).format(MINUTE);
  }
}
