package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.TensorProto;

/** Networks of a few million operations that watch and listen all day. */
final class StreamingNets {

  private StreamingNets() {}

  /**
   * V. Bazarevsky et al., "BlazeFace", arXiv 1907.05047, table 4 and figure 2: 128 x 128 pixels,
   * two anchors at each of 16 x 16 places and six at each of 8 x 8, each with a score and 16
   * coordinates.
   */
  static String blazeFace(GraphBuilder g) {
    String x = g.relu(g.conv(g.image(128), 24, 5, 2, 2));
    x = single(g, x, 24, 1);
    x = single(g, x, 24, 1);
    x = single(g, x, 48, 2);
    x = single(g, x, 48, 1);
    x = single(g, x, 48, 1);
    x = twice(g, x, 2);
    x = twice(g, x, 1);
    String fine = twice(g, x, 1);
    x = twice(g, fine, 2);
    x = twice(g, x, 1);
    String coarse = twice(g, x, 1);
    return g.concat(anchors(g, fine, 2), anchors(g, coarse, 6));
  }

  private static String single(GraphBuilder g, String x, long channels, int stride) {
    String y = g.conv(g.depthwise(x, 5, stride), channels, 1, 1, 0);
    return g.relu(g.add(y, shortcut(g, x, channels, stride)));
  }

  /** Down to 24 channels and up to 96. */
  private static String twice(GraphBuilder g, String x, int stride) {
    String y = g.relu(g.conv(g.depthwise(x, 5, stride), 24, 1, 1, 0));
    y = g.conv(g.depthwise(y, 5, 1), 96, 1, 1, 0);
    return g.relu(g.add(y, shortcut(g, x, 96, stride)));
  }

  /** The larger of neighbours where the stride is two, and channels of zeros. */
  private static String shortcut(GraphBuilder g, String x, long channels, int stride) {
    String kept = stride == 1 ? x : g.maxPool(x, 2, 2, 0);
    return g.channels(kept) == channels ? kept : g.padChannels(kept, channels);
  }

  /** A score and sixteen coordinates for each anchor of each place, as rows of 17. */
  private static String anchors(GraphBuilder g, String x, long each) {
    long[] shape = g.shape(x);
    String head = ConvolutionalNets.plain(g, x, each * 17, 1, 1, 0);
    return g.reshape(g.transpose(head, 0, 2, 3, 1), 1, shape[2] * shape[3] * each, 17);
  }

  /**
   * F. Jia et al., "MarbleNet", arXiv 2010.13886, table 1 and figure 1 (3x2x64): 63 frames of 64
   * coefficients, time-channel separable convolutions, two classes.
   */
  static String marbleNet(GraphBuilder g) {
    String x = g.input("features", TensorProto.DataType.FLOAT, 1, 64, 1, 63);
    x = g.relu(separable(g, x, 128, 11, 1));
    for (int kernel : new int[] {13, 15, 17}) {
      String in = x;
      x = g.relu(separable(g, x, 64, kernel, 1));
      x = separable(g, x, 64, kernel, 1);
      x = g.relu(g.add(x, g.conv(in, 64, 1, 1, 0)));
    }
    x = g.relu(separable(g, x, 128, 29, 2));
    x = g.relu(g.conv(x, 128, 1, 1, 0));
    x = ConvolutionalNets.plain(g, x, 2, 1, 1, 0);
    return g.softmax(g.flatten(g.globalAverage(x)));
  }

  /** One filter in time for each channel, which has no normalization, and a mix of the channels. */
  private static String separable(
      GraphBuilder g, String x, long channels, int kernel, int dilation) {
    Window window = new Window(1, kernel, 1, 1, 0, dilation * (kernel / 2), dilation);
    // The paper's filters have no bias: it is not counted.
    String filtered = g.conv(x, g.channels(x), window, g.channels(x), false);
    g.countUnused(-g.channels(x));
    return g.conv(filtered, channels, 1, 1, 0);
  }
}
