package io.neurobalancer.onnx.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a user says about the inputs of a model.
 *
 * @param shapes input name to extents, none negative; or the name of a dynamic dimension to its one
 *     extent
 * @param values input name to what it holds, as {@link #parse(List, List)} reads it
 */
public record InputBindings(Map<String, List<Long>> shapes, Map<String, String> values) {

  /** Nothing said: every dynamic dimension and every value takes its default. */
  public static final InputBindings NONE = new InputBindings(Map.of(), Map.of());

  public InputBindings {
    shapes = Map.copyOf(shapes);
    values = Map.copyOf(values);
  }

  /**
   * Reads shapes such as {@code pixel_values=1,3,224,224} or {@code sequence=64}.
   *
   * @throws OnnxModelException if a text is no binding
   */
  public static InputBindings parse(List<String> shapes) {
    return parse(shapes, List.of());
  }

  /**
   * Reads shapes, and values such as {@code length=80}, {@code shape=1,64}, {@code mask=ones},
   * {@code x=random}, {@code position_ids=range} or {@code x=@file.npy}.
   *
   * @throws OnnxModelException if a text is no binding, or two bind the same
   */
  public static InputBindings parse(List<String> shapes, List<String> values) {
    Map<String, List<Long>> extents = new LinkedHashMap<>();
    for (String text : shapes) {
      int equals = text.lastIndexOf('=');
      if (equals <= 0) {
        throw new OnnxModelException(invalidShape(text));
      }
      String input = text.substring(0, equals);
      if (extents.put(input, extents(text, text.substring(equals + 1))) != null) {
        throw twice("shape", input);
      }
    }
    Map<String, String> contents = new LinkedHashMap<>();
    for (String text : values) {
      int equals = text.indexOf('=');
      if (equals <= 0 || equals == text.length() - 1) {
        throw new OnnxModelException(
            "The value '%s' is no binding of an input.%nMaybe write it as input=VALUE, with zeros, ones, random, range, numbers or @file.npy as the value."
                .formatted(SafeText.name(text)));
      }
      String input = text.substring(0, equals);
      if (contents.put(input, text.substring(equals + 1)) != null) {
        throw twice("value", input);
      }
    }
    return new InputBindings(extents, contents);
  }

  private static OnnxModelException twice(String what, String input) {
    return new OnnxModelException(
        "The %s of '%s' is given twice.%nMaybe leave one of them out."
            .formatted(what, SafeText.name(input)));
  }

  private static List<Long> extents(String text, String list) {
    List<Long> extents = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      try {
        long extent = Long.parseLong(part.strip());
        if (extent < 0) {
          throw new OnnxModelException(invalidShape(text));
        }
        extents.add(extent);
      } catch (NumberFormatException e) {
        throw new OnnxModelException(invalidShape(text), e);
      }
    }
    return List.copyOf(extents);
  }

  private static String invalidShape(String text) {
    return "The shape '%s' is no binding of an input.%nMaybe write it as input=1,3,224,224."
        .formatted(SafeText.name(text));
  }

  /** Returns a text that equal bindings share and different ones do not. */
  String canonical() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(shapes).forEach((input, extents) -> line(text, input, extents.toString()));
    text.append("values\n");
    new TreeMap<>(values).forEach((input, value) -> line(text, input, value));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name.length()).append(':').append(name).append('=').append(value).append('\n');
  }
}
