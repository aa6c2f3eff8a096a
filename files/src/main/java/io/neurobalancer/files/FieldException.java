package io.neurobalancer.files;

import org.jspecify.annotations.Nullable;

/** A field of a document is wrong; whoever knows the file adds where the field stands in it. */
final class FieldException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String field;
  private final String what;
  private final @Nullable String advice;

  /**
   * Says what is wrong.
   *
   * @param field its path within the object that is made, empty for the object itself
   * @param what such as {@code (7) must be positive}
   */
  FieldException(String field, String what) {
    this(field, what, null);
  }

  /** As above, with what to do, to follow the word "Maybe". */
  FieldException(String field, String what, @Nullable String advice) {
    super(field + " " + what);
    this.field = field;
    this.what = what;
    this.advice = advice;
  }

  String field() {
    return field;
  }

  String what() {
    return what;
  }

  @Nullable String advice() {
    return advice;
  }
}
