package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows and empties the folder of files that can be made again. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what is kept in the user's cache folder: generated models, what was read of models,"
          + " and cut models. All of it is made again when it is needed.",
      "The folder is $XDG_CACHE_HOME/neurobalancer, else .cache/neurobalancer in the home folder"
          + " (Library/Caches on macOS, LOCALAPPDATA on Windows)."
    },
    footer = {"", "Example: neurobalancer cache --clear"})
final class CacheCommand implements Callable<Integer> {

  private static final String SCHEMA = "neurobalancer/cache/1";

  @Option(names = "--clear", description = "Deletes everything in it.")
  private boolean clear;

  @Option(names = "--json", description = "Prints JSON, schema " + SCHEMA + ".")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Files below one entry of the folder. */
  private record Part(long files, long bytes) {
    Part plus(long size) {
      return new Part(files + 1, bytes + size);
    }
  }

  @Override
  public Integer call() {
    Path folder = Environment.cacheDirectory();
    Map<String, Part> parts = new TreeMap<>();
    long[] total = new long[1];
    try {
      if (Files.isDirectory(folder)) {
        Files.walkFileTree(folder, new Visitor(folder, parts, total));
      }
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The cache '%s' cannot be %s (%s).%nMaybe look at its permissions."
              .formatted(folder, clear ? "cleared" : "read", IoReason.of(e)),
          e);
    }
    print(folder, parts, total[0]);
    return ExitCode.OK;
  }

  private void print(Path folder, Map<String, Part> parts, long total) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode root = new ObjectMapper().createObjectNode();
      root.put("schema", SCHEMA)
          .put("folder", folder.toString())
          .put("bytes", total)
          .put("cleared", clear);
      ArrayNode entries = root.putArray("entries");
      parts.forEach(
          (name, part) ->
              entries
                  .addObject()
                  .put("name", name)
                  .put("files", part.files())
                  .put("bytes", part.bytes()));
      out.println(root.toPrettyString());
      return;
    }
    out.println(folder);
    TextTable table = new TextTable("entry", ">files", ">MB");
    parts.forEach(
        (name, part) -> table.row(name, String.valueOf(part.files()), megabytes(part.bytes())));
    if (!parts.isEmpty()) {
      Screen.of(spec).table(table);
    }
    out.printf("%s MB%s%n", megabytes(total), clear ? " deleted" : "");
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }

  /** Counts files, follows no link, and deletes what it has counted if that was asked for. */
  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Path folder;
    private final Map<String, Part> parts;
    private final long[] total;

    Visitor(Path folder, Map<String, Part> parts, long[] total) {
      this.folder = folder;
      this.parts = parts;
      this.total = total;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String entry = folder.relativize(file).getName(0).toString();
      parts.put(entry, parts.getOrDefault(entry, new Part(0, 0)).plus(attributes.size()));
      total[0] += attributes.size();
      if (clear) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(
        Path visited, @org.jspecify.annotations.Nullable IOException e) throws IOException {
      if (e != null) {
        throw e;
      }
      if (clear && !visited.equals(folder)) {
        Files.delete(visited);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
