package io.neurobalancer.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.files.WriteLock;
import io.neurobalancer.report.StudyReport;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps finished cells, one JSON line each, appended and forced to the disk when a cell ends. What
 * kills the process costs at most the cells in progress: a line that was cut off is dropped when
 * the journal is opened again, and one that is damaged is left out, so that its cell runs again.
 * One process at a time writes a journal.
 */
public final class StudyJournal implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;
  private final WriteLock lock;
  private final FileChannel channel;
  private final Map<String, StudyReport.Cell> cells = new HashMap<>();
  private int damagedLines;

  private StudyJournal(Path file, WriteLock lock, FileChannel channel) {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
  }

  /**
   * Opens a journal and reads what it holds.
   *
   * @throws NeuroBalancerException if it cannot be read or written, or another process writes it
   */
  public static StudyJournal open(Path file) {
    WriteLock lock = WriteLock.of(file, "study");
    @Nullable StudyJournal journal = null;
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      journal = new StudyJournal(file, lock, channel);
      channel.position(journal.read());
      channel.truncate(channel.position());
      return journal;
    } catch (IOException | RuntimeException e) {
      if (journal == null) {
        lock.close();
      } else {
        journal.close();
      }
      throw e instanceof IOException io ? unwritable(file, io) : (RuntimeException) e;
    }
  }

  /** Returns how many lines could not be read; their cells run again. */
  public int damagedLines() {
    return damagedLines;
  }

  /** Returns the cell that was finished under a key, if it was. */
  public synchronized StudyReport.@Nullable Cell find(String key) {
    return cells.get(key);
  }

  /** Keeps a finished cell. */
  public synchronized void add(String key, StudyReport.Cell cell) {
    try {
      byte[] line =
          (MAPPER.writeValueAsString(
                      MAPPER.createObjectNode().put("key", key).putPOJO("cell", cell))
                  + "\n")
              .getBytes(StandardCharsets.UTF_8);
      ByteBuffer buffer = ByteBuffer.wrap(line);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
      cells.put(key, cell);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Reads all whole lines and returns the position behind the last of them. */
  private long read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        readLine(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    return start;
  }

  private void readLine(String line) {
    try {
      JsonNode node = MAPPER.readTree(line);
      cells.put(
          node.required("key").asText(),
          MAPPER.treeToValue(node.required("cell"), StudyReport.Cell.class));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      damagedLines++;
    }
  }

  private static NeuroBalancerException unwritable(Path file, IOException e) {
    return NeuroBalancerException.invalid(
        "The journal '%s' cannot be written (%s).%nMaybe choose another folder with --out."
            .formatted(file, IoReason.of(e)),
        e);
  }

  @Override
  public void close() {
    try (lock) {
      channel.close();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }
}
