package io.neurobalancer.onnx.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shapes that a user gives to model inputs.
 *
 * @param byInput input name to extents, all positive
 */
public record ShapeBindings(Map<String, List<Long>> byInput) {

  /** No binding: every dynamic dimension takes its default. */
  public static final ShapeBindings NONE = new ShapeBindings(Map.of());

  public ShapeBindings {
    byInput = Map.copyOf(byInput);
  }

  /**
   * Reads bindings such as {@code pixel_values=1,3,224,224}.
   *
   * @throws OnnxModelException if a text is no binding
   */
  public static ShapeBindings parse(List<String> texts) {
    Map<String, List<Long>> byInput = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.lastIndexOf('=');
      if (equals <= 0) {
        throw new OnnxModelException(invalid(text));
      }
      List<Long> extents = new ArrayList<>();
      for (String extent : text.substring(equals + 1).split(",", -1)) {
        try {
          extents.add(Long.parseLong(extent.strip()));
        } catch (NumberFormatException e) {
          throw new OnnxModelException(invalid(text), e);
        }
      }
      if (extents.stream().anyMatch(extent -> extent <= 0)) {
        throw new OnnxModelException(invalid(text));
      }
      byInput.put(text.substring(0, equals), List.copyOf(extents));
    }
    return new ShapeBindings(byInput);
  }

  private static String invalid(String text) {
    return "The shape '%s' is no binding of an input.%nMaybe write it as input=1,3,224,224."
        .formatted(text);
  }
}
