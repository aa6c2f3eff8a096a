package io.neurobalancer.files;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes documents that are only written, such as what commands print with {@code --json}. */
public final class JsonText {

  private JsonText() {}

  /**
   * Returns a record as JSON over several lines, after a first field {@code schema}. An empty
   * optional and a number that is not finite are null, words of enums are in lower case; the same
   * record gives the same bytes.
   */
  public static String write(String schema, Record document) {
    ObjectNode root = Json.MAPPER.createObjectNode().put("schema", schema);
    root.setAll((ObjectNode) Json.tree(document));
    return Json.pretty(root);
  }
}
