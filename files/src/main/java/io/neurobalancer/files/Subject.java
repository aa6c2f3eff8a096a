package io.neurobalancer.files;

/**
 * What a document is about: a device or a model.
 *
 * @param name as users write it
 * @param hash of what describes it, lower-case hexadecimal
 */
public record Subject(String name, String hash) {
  public Subject {
    Check.text("name", name);
  }
}
