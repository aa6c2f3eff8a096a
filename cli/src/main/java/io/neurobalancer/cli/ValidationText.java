package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.evaluation.validation.Dataset;
import io.neurobalancer.evaluation.validation.Section;
import io.neurobalancer.report.TextTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A validation as text for terminals, as Markdown, and as JSON. */
final class ValidationText {

  private static final int WIDTH = 118;

  private ValidationText() {}

  /** Returns the tables and checks. */
  static String terminal(List<Section> sections) {
    StringBuilder text = new StringBuilder();
    for (Section section : sections) {
      text.append(section.title()).append("\n\n");
      for (Section.Table table : section.tables()) {
        text.append(table.caption()).append('\n').append(table(table)).append('\n');
      }
      for (Section.Check check : section.checks()) {
        text.append(sentence(check)).append('\n');
      }
      section.remarks().forEach(remark -> text.append(wrap(remark, "")).append('\n'));
      text.append('\n');
    }
    return text.toString();
  }

  /** Returns the whole document. */
  static String markdown(String command, List<Section> sections, List<String> sources) {
    StringBuilder text = new StringBuilder();
    text.append("# Validation against measurements of others\n\n");
    text.append(
        wrap(
            "Written by `"
                + command
                + "`; the datasets are not part of this repository. Errors are relative; \"mean\" is"
                + " the mean of absolute errors. Whatever judges a fit was not seen by it.",
            ""));
    text.append("\n\n## Limits\n\n| what | measured | limit | |\n| --- | ---: | ---: | --- |\n");
    for (Section section : sections) {
      for (Section.Check check : section.checks()) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %.2f %% | %.2f %% | %s |%n",
                check.what(),
                check.value() * 100,
                check.limit() * 100,
                check.met() ? "kept" : "**not reached**"));
      }
    }
    for (Section section : sections) {
      text.append("\n## ").append(section.title()).append('\n');
      section
          .method()
          .forEach(paragraph -> text.append('\n').append(wrap(paragraph, "")).append('\n'));
      for (Section.Table table : section.tables()) {
        text.append("\n```\n")
            .append(table.caption())
            .append("\n\n")
            .append(table(table))
            .append("```\n");
      }
      for (String remark : section.remarks()) {
        text.append('\n').append(wrap("- " + remark, "  ")).append('\n');
      }
    }
    if (!sources.isEmpty()) {
      text.append("\n## Where the measurements can be had\n");
      sources.forEach(source -> text.append('\n').append(source));
    }
    return text.toString();
  }

  /** Returns where a dataset can be had, and the SHA-256 of what was read of it. */
  static String source(Dataset dataset, Path data) {
    List<String> hashes = dataset.hashes(data);
    return wrap("`" + dataset.folder() + "`: " + dataset.whereToGetIt() + ".", "")
        + "\n"
        + (hashes.isEmpty() ? "" : "\n```\n" + String.join("\n", hashes) + "\n```\n");
  }

  /** Returns schema {@code neurobalancer/validation/1}. */
  static String json(String command, List<Section> sections) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/validation/1");
    root.put("command", command);
    ArrayNode array = root.putArray("sections");
    for (Section section : sections) {
      ObjectNode node = array.addObject().put("title", section.title());
      ArrayNode checks = node.putArray("checks");
      for (Section.Check check : section.checks()) {
        checks
            .addObject()
            .put("what", check.what())
            .put("value", check.value())
            .put("limit", check.limit())
            .put("met", check.met());
      }
      ArrayNode tables = node.putArray("tables");
      for (Section.Table table : section.tables()) {
        ObjectNode one = tables.addObject().put("caption", table.caption());
        table.headers().forEach(one.putArray("headers")::add);
        ArrayNode rows = one.putArray("rows");
        table.rows().forEach(row -> row.forEach(rows.addArray()::add));
      }
      section.remarks().forEach(node.putArray("remarks")::add);
    }
    return root.toPrettyString() + "\n";
  }

  static String sentence(Section.Check check) {
    return String.format(
        Locale.ROOT,
        "%s: %.2f %% (limit %.2f %%) %s",
        check.what(),
        check.value() * 100,
        check.limit() * 100,
        check.met() ? "kept" : "NOT REACHED");
  }

  private static String table(Section.Table table) {
    TextTable text = new TextTable(table.headers().toArray(String[]::new));
    table.rows().forEach(row -> text.row(row.toArray(String[]::new)));
    return text.render();
  }

  private static String wrap(String text, String indent) {
    StringBuilder wrapped = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        wrapped.append('\n').append(indent);
        column = indent.length();
      } else if (column > 0) {
        wrapped.append(' ');
        column++;
      }
      wrapped.append(word);
      column += word.length();
    }
    return wrapped.toString();
  }
}
