package io.neurobalancer.onnx.zoo;

/**
 * One architecture of the zoo and its published size, which tests compare with what is generated.
 *
 * @param name as after {@code zoo:}
 * @param title for people
 * @param paper where the architecture is from
 * @param publishedParameters trainable parameters, batch normalization's scale and shift included;
 *     not a number where nobody published them
 * @param publishedMultiplyAdds of one inference, likewise
 * @param publishedSource where the two numbers are from, and how they round
 */
public record ZooModel(
    String name,
    String title,
    String paper,
    double publishedParameters,
    double publishedMultiplyAdds,
    String publishedSource) {

  /**
   * Whether a job has phases: a prompt is read, then tokens are written, thousands of operators.
   */
  public boolean phased() {
    return name.startsWith("gpt2");
  }
}
