package io.neurobalancer.files;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a samples file while a campaign goes on, each run as soon as it is known. A file that
 * holds an unfinished campaign of the same kind is gone on with. One process at a time writes a
 * file.
 */
public final class SamplesWriter implements AutoCloseable {

  private final Path file;
  private final WriteLock lock;
  private final FileChannel channel;
  private final SamplesFile.Campaign campaign;
  private final Optional<SamplesFile.Found> earlier;
  private final boolean replaced;
  private int runs;

  private SamplesWriter(
      Path file,
      WriteLock lock,
      FileChannel channel,
      SamplesFile.Campaign campaign,
      Optional<SamplesFile.Found> earlier,
      boolean replaced) {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
    this.campaign = campaign;
    this.earlier = earlier;
    this.replaced = replaced;
    this.runs = earlier.map(found -> found.runs().size()).orElse(0);
  }

  /** What of a file's earlier content a new campaign may replace. */
  public enum Replacing {
    /** Nothing: measurements are not made again in a minute. */
    NOTHING,
    /** A finished campaign. */
    FINISHED,
    /** Whatever there is, an unfinished campaign included. */
    ANYTHING
  }

  /**
   * Opens a file, in a folder that is made if need be.
   *
   * @throws NeuroBalancerException if it cannot be written, another process writes it, or it holds
   *     what may not be replaced and cannot be gone on with
   */
  public static SamplesWriter open(Path file, SamplesFile.Campaign campaign, Replacing replacing) {
    AtomicFiles.prepareFile(file);
    @Nullable WriteLock lock = WriteLock.of(file, "profile");
    @Nullable FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Optional<SamplesFile.Found> earlier =
          replacing == Replacing.ANYTHING || channel.size() == 0
              ? Optional.empty()
              : unfinished(file, channel, campaign, replacing);
      boolean replaced = earlier.isEmpty() && channel.size() > 0;
      SamplesWriter writer = new SamplesWriter(file, lock, channel, campaign, earlier, replaced);
      if (earlier.isPresent()) {
        channel.truncate(earlier.get().wholeBytes());
        channel.position(channel.size());
      } else {
        channel.truncate(0);
        writer.append(SamplesFile.header(campaign));
      }
      channel = null;
      lock = null;
      return writer;
    } catch (IOException e) {
      throw unwritable(file, e);
    } finally {
      if (channel != null) {
        close(file, channel);
      }
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static Optional<SamplesFile.Found> unfinished(
      Path file, FileChannel channel, SamplesFile.Campaign campaign, Replacing replacing)
      throws IOException {
    if (channel.size() > SamplesFile.MOST_BYTES) {
      throw NeuroBalancerException.invalid(
          "'%s' has %d MB, which no campaign has.%nMaybe choose another --out, or replace it with --restart."
              .formatted(file, channel.size() >> 20));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
      // Reads on until the end.
    }
    SamplesFile.Found found = SamplesFile.parse(file.toString(), bytes.array());
    if (replacing == Replacing.NOTHING) {
      found.requireUnfinished(file);
    }
    if (found.finished()) {
      return Optional.empty();
    }
    if (!found.campaign().continues(campaign)) {
      throw NeuroBalancerException.invalid(
          "'%s' holds an unfinished campaign of something else (%s, budget %d).%nMaybe finish it with its own command, choose another --out, or give it up with --restart."
              .formatted(file, found.campaign().provenance(), found.campaign().budget()));
    }
    return Optional.of(found);
  }

  /** Returns whether the file held something that is gone now. */
  public boolean replaced() {
    return replaced;
  }

  /** Returns what an interrupted campaign has left here, if it has. */
  public Optional<SamplesFile.Found> earlier() {
    return earlier;
  }

  /** Returns the runs that an interrupted campaign has left here, in their order. */
  public List<Samples.Run> already() {
    return earlier.map(SamplesFile.Found::runs).orElse(List.of());
  }

  /** Keeps a run. */
  public void add(Samples.Run run) {
    append(SamplesFile.line(campaign, run));
    runs++;
  }

  /** Keeps the energy of a block. */
  public void add(Samples.Block block) {
    append(SamplesFile.line(campaign, block));
  }

  /** Keeps a calibration; a later one counts. */
  public void add(Calibration calibration) {
    append(SamplesFile.line(calibration));
  }

  /** Marks the campaign as finished. */
  public void finish() {
    append(SamplesFile.footer(runs));
    try {
      channel.force(false);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private void append(String text) {
    ByteBuffer bytes = ByteBuffer.wrap(SamplesFile.utf8(text));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  @Override
  public void close() {
    close(file, channel);
    lock.close();
  }

  private static void close(Path file, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static NeuroBalancerException unwritable(Path file, IOException e) {
    return NeuroBalancerException.invalid(
        "The samples file '%s' cannot be written (%s).%nMaybe choose another place with --out; the same command goes on from what it holds."
            .formatted(file, IoReason.of(e)),
        e);
  }
}
