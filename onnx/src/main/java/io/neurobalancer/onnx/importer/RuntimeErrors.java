package io.neurobalancer.onnx.importer;

import ai.onnxruntime.OrtException;
import java.util.Locale;

/**
 * Turns what ONNX Runtime says into a sentence: the reason first and to its end, without the places
 * in its source code, the signatures of its functions and the paths of temporary files.
 */
final class RuntimeErrors {

  private static final String SOURCE = "/onnxruntime_src/";

  private RuntimeErrors() {}

  /** Says in one sentence why ONNX Runtime refused a model. */
  static OnnxModelException explain(BoundModel model, OrtException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("Unsupported model IR version")) {
      return newer(
          model.name(),
          "It is of opset %d and IR version %d. %s"
              .formatted(model.opset(), model.model().getIrVersion(), reason(message)),
          e);
    }
    return explain(model.name(), message, model.assumptions().isEmpty(), e);
  }

  private static OnnxModelException newer(String name, String reason, Exception cause) {
    return new OnnxModelException(
        "The model '%s' is newer than the bundled ONNX Runtime knows: %s%nMaybe export it with an older opset_version, or an older version of ONNX."
            .formatted(name, reason),
        cause);
  }

  static OnnxModelException explain(
      String name, String message, boolean nothingAssumed, Exception cause) {
    String unknown = unknownOperator(message);
    if (!unknown.isEmpty()) {
      return new OnnxModelException(
          "The model '%s' needs the operator %s, which ONNX Runtime does not have.%nMaybe export it without custom operators."
              .formatted(name, unknown),
          cause);
    }
    String reason = reason(message);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("opset") && lower.contains("official support")) {
      return newer(name, reason, cause);
    }
    boolean shapes =
        lower.contains("shape") || lower.contains("dimension") || lower.contains("broadcast");
    String hint =
        nothingAssumed
            ? "Maybe check the model with the tool that exported it."
            : shapes || lower.contains("out of bounds") || lower.contains("index")
                ? "Maybe bind its inputs with --shape, or give their values with --input."
                : "Maybe give the values of its inputs with --input, or check the model with the tool that exported it.";
    return new OnnxModelException(
        "ONNX Runtime cannot run the model '%s': %s%n%s".formatted(name, reason, hint), cause);
  }

  /** Returns the operator in "domain:Name(-1) is not a registered function/op", if that is it. */
  private static String unknownOperator(String message) {
    int end = message.indexOf(" is not a registered function/op");
    if (end < 0) {
      return "";
    }
    int open = message.lastIndexOf('(', end);
    int start = open;
    while (start > 0 && !Character.isWhitespace(message.charAt(start - 1))) {
      start--;
    }
    return open < 0 ? "" : SafeText.name(message.substring(start, open));
  }

  /** Returns the reason in a message of the runtime. */
  static String reason(String message) {
    String text = SafeText.sentence(message);
    if (text.startsWith("Error code - ")) {
      int start = text.indexOf(" - message: ");
      text = start < 0 ? text : text.substring(start + " - message: ".length());
    }
    text = withoutSources(text);
    text = after(text, "Load model from ", " failed:");
    String where = "";
    if (text.startsWith("Non-zero status code returned while running ")) {
      int status = text.indexOf("Status Message: ");
      String head = text.substring("Non-zero status code returned while running ".length());
      int node = head.indexOf(" node. Name:");
      if (status >= 0 && node >= 0) {
        String operator = head.substring(0, node);
        int quote = head.indexOf('\'', node);
        int close = quote < 0 ? -1 : head.indexOf('\'', quote + 1);
        String name = close < 0 ? "" : head.substring(quote + 1, close);
        where = name.isEmpty() ? " (in " + operator + ")" : " (in " + operator + " '" + name + "')";
        text = text.substring(status + "Status Message: ".length()).strip();
        return reason(text) + where;
      }
    }
    return text.isEmpty() ? "it gives no reason." : text;
  }

  private static String after(String text, String start, String end) {
    if (!text.startsWith(start)) {
      return text;
    }
    int at = text.indexOf(end);
    return at < 0 ? text : text.substring(at + end.length()).strip();
  }

  /** Cuts out "/onnxruntime_src/file.cc:12 ns::Class::function(types) const [with T = x]". */
  private static String withoutSources(String text) {
    StringBuilder kept = new StringBuilder();
    int from = 0;
    while (true) {
      int at = text.indexOf(SOURCE, from);
      if (at < 0) {
        return SafeText.sentence(kept.append(text, from, text.length()).toString());
      }
      kept.append(text, from, at);
      int end = text.indexOf(' ', at);
      if (end < 0) {
        return SafeText.sentence(kept.toString());
      }
      from = signature(text, end + 1);
    }
  }

  /** Returns where a function's signature ends: after its arguments and its template's. */
  private static int signature(String text, int start) {
    int at = start;
    int scope = text.indexOf("::", start);
    int open = text.indexOf('(', start);
    if (scope < 0 || open < 0 || scope > open + 24) {
      // No signature: the reason follows at once, unless a free function is named.
      return open == start ? close(text, open) : start;
    }
    while (open >= 0) {
      int close = close(text, open);
      at = close;
      // "(anonymous namespace)::f(...)" and lambdas go on after the first pair.
      boolean more = text.startsWith("::", close) || text.startsWith(">", close);
      if (!more) {
        break;
      }
      open = text.indexOf('(', close);
    }
    String rest = text.substring(at);
    if (rest.startsWith(" const")) {
      at += " const".length();
    }
    if (text.startsWith(" [with ", at)) {
      int bracket = text.indexOf(']', at);
      at = bracket < 0 ? at : bracket + 1;
    }
    return at;
  }

  private static int close(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return i + 1;
      }
    }
    return text.length();
  }
}
