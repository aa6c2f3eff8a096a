package io.neurobalancer.onnx.zoo;

/**
 * What a filter looks at.
 *
 * @param height of the filter
 * @param width of the filter
 * @param down rows from one place to the next
 * @param across columns from one place to the next
 * @param padHeight rows added above and below
 * @param padWidth columns added left and right
 * @param dilation columns between two taps
 */
record Window(
    int height, int width, int down, int across, int padHeight, int padWidth, int dilation) {

  static Window square(int kernel, int stride, int padding) {
    return new Window(kernel, kernel, stride, stride, padding, padding, 1);
  }
}
