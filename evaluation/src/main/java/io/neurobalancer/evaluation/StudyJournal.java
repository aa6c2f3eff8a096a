package io.neurobalancer.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.report.StudyReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps finished cells, one JSON line each, appended and forced to the disk when a cell ends. What
 * kills the process costs at most the cells in progress: a line that was cut off is dropped when
 * the journal is opened again. One process at a time writes a journal.
 */
final class StudyJournal implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;
  private final FileChannel channel;
  private final Map<String, StudyReport.Cell> cells = new HashMap<>();

  private StudyJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens a journal and reads what it holds.
   *
   * @throws CliException if it cannot be read or written, or another process writes it
   */
  static StudyJournal open(Path file) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw CliException.usage(
            "Another study is writing '%s'.%nMaybe wait for it, or choose another folder with --out."
                .formatted(file));
      }
      StudyJournal journal = new StudyJournal(file, channel);
      channel.position(journal.read());
      channel.truncate(channel.position());
      return journal;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Returns the cell that was finished under a key, if it was. */
  synchronized StudyReport.@Nullable Cell find(String key) {
    return cells.get(key);
  }

  /** Keeps a finished cell. */
  synchronized void add(String key, StudyReport.Cell cell) {
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
    long end = 0;
    for (String line : Files.readString(file).split("(?<=\n)", -1)) {
      if (!line.endsWith("\n")) {
        break;
      }
      try {
        JsonNode node = MAPPER.readTree(line);
        cells.put(
            node.required("key").asText(),
            MAPPER.treeToValue(node.required("cell"), StudyReport.Cell.class));
      } catch (JsonProcessingException | IllegalArgumentException e) {
        throw new CliException(
            ExitCode.USAGE,
            "The journal '%s' is damaged at byte %d.%nMaybe move it away; its cells will run again."
                .formatted(file, end),
            e);
      }
      end += line.getBytes(StandardCharsets.UTF_8).length;
    }
    return end;
  }

  private static CliException unwritable(Path file, IOException e) {
    return new CliException(
        ExitCode.USAGE,
        "The journal '%s' cannot be written (%s).%nMaybe choose another folder with --out."
            .formatted(file, e.getClass().getSimpleName()),
        e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }
}
