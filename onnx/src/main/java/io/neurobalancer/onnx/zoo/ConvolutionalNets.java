package io.neurobalancer.onnx.zoo;

/** Networks of full convolutions. */
final class ConvolutionalNets {

  private ConvolutionalNets() {}

  /**
   * K. He et al., "Deep Residual Learning", arXiv 1512.03385, table 1: two convolutions a block.
   */
  static String resNet18(GraphBuilder g) {
    String x = stem(g);
    int[][] stages = {{64, 1}, {128, 2}, {256, 2}, {512, 2}};
    for (int[] stage : stages) {
      for (int r = 0; r < 2; r++) {
        int stride = r == 0 ? stage[1] : 1;
        String y = g.relu(g.conv(x, stage[0], 3, stride, 1));
        y = g.conv(y, stage[0], 3, 1, 1);
        x = g.relu(g.add(y, shortcut(g, x, stage[0], stride)));
      }
    }
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  /**
   * The same paper's bottleneck blocks, with the stride in the 3x3 convolution ("v1.5"), as the
   * figures usually quoted are for.
   */
  static String resNet50(GraphBuilder g) {
    String x = stem(g);
    int[][] stages = {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}};
    for (int[] stage : stages) {
      for (int r = 0; r < stage[1]; r++) {
        int stride = r == 0 ? stage[2] : 1;
        String y = g.relu(g.conv(x, stage[0], 1, 1, 0));
        y = g.relu(g.conv(y, stage[0], 3, stride, 1));
        y = g.conv(y, 4L * stage[0], 1, 1, 0);
        x = g.relu(g.add(y, shortcut(g, x, 4L * stage[0], stride)));
      }
    }
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  private static String stem(GraphBuilder g) {
    return g.maxPool(g.relu(g.conv(g.image(224), 64, 7, 2, 3)), 3, 2, 1);
  }

  private static String shortcut(GraphBuilder g, String x, long channels, int stride) {
    return stride == 1 && g.channels(x) == channels ? x : g.conv(x, channels, 1, stride, 0);
  }

  /** F. Iandola et al., "SqueezeNet", arXiv 1602.07360; version 1.1 of the authors' repository. */
  static String squeezeNet(GraphBuilder g) {
    String x = g.relu(plain(g, g.image(224), 64, 3, 2, 0));
    x = g.maxPoolCeil(x, 3, 2);
    int[][] fires = {
      {16, 64}, {16, 64}, {0, 0}, {32, 128}, {32, 128}, {0, 0}, {48, 192}, {48, 192}, {64, 256},
      {64, 256}
    };
    for (int[] fire : fires) {
      if (fire[0] == 0) {
        x = g.maxPoolCeil(x, 3, 2);
        continue;
      }
      String squeezed = g.relu(plain(g, x, fire[0], 1, 1, 0));
      x =
          g.concat(
              g.relu(plain(g, squeezed, fire[1], 1, 1, 0)),
              g.relu(plain(g, squeezed, fire[1], 3, 1, 1)));
    }
    return g.flatten(g.globalAverage(g.relu(plain(g, x, 1000, 1, 1, 0))));
  }

  /**
   * K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks", arXiv 1409.1556, table 1 (D).
   */
  static String vgg16(GraphBuilder g) {
    String x = g.image(224);
    int[][] stages = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
    for (int[] stage : stages) {
      for (int r = 0; r < stage[1]; r++) {
        x = g.relu(plain(g, x, stage[0], 3, 1, 1));
      }
      x = g.maxPool(x, 2, 2, 0);
    }
    x = g.relu(g.dense(g.flatten(x), 4096));
    return g.dense(g.relu(g.dense(x, 4096)), 1000);
  }

  /**
   * G. Huang et al., "Densely Connected Convolutional Networks", arXiv 1608.06993, table 1 (121).
   */
  static String denseNet121(GraphBuilder g) {
    int growth = 32;
    String x = stem(g);
    int[] layers = {6, 12, 24, 16};
    for (int stage = 0; stage < layers.length; stage++) {
      for (int l = 0; l < layers[stage]; l++) {
        String y = g.relu(g.conv(g.relu(g.batchNorm(x)), 4L * growth, 1, 1, 0));
        // The convolution that ends a layer has neither bias nor normalization of its own.
        y = bare(g, y, growth);
        x = g.concat(x, y);
      }
      if (stage < layers.length - 1) {
        long half = g.channels(x) / 2;
        String narrowed = g.relu(g.batchNorm(x));
        narrowed = bare1x1(g, narrowed, half);
        x = g.averagePool(narrowed, 2, 2, 0);
      }
    }
    x = g.relu(g.batchNorm(x));
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  private static String bare(GraphBuilder g, String x, long channels) {
    g.countUnused(-channels);
    return g.conv(x, channels, Window.square(3, 1, 1), 1, false);
  }

  private static String bare1x1(GraphBuilder g, String x, long channels) {
    g.countUnused(-channels);
    return g.conv(x, channels, Window.square(1, 1, 0), 1, false);
  }

  /**
   * J. Redmon, A. Farhadi, "YOLOv3", arXiv 1804.02767; the authors' yolov3-tiny.cfg at 416 pixels.
   */
  static String yoloV3Tiny(GraphBuilder g) {
    String x = g.image(416);
    String route = x;
    int[] widths = {16, 32, 64, 128, 256};
    for (int width : widths) {
      x = g.leakyRelu(g.conv(x, width, 3, 1, 1));
      route = x;
      x = g.maxPool(x, 2, 2, 0);
    }
    x = g.maxPoolSame(g.leakyRelu(g.conv(x, 512, 3, 1, 1)));
    x = g.leakyRelu(g.conv(x, 1024, 3, 1, 1));
    String neck = g.leakyRelu(g.conv(x, 256, 1, 1, 0));
    String coarse = plain(g, g.leakyRelu(g.conv(neck, 512, 3, 1, 1)), 255, 1, 1, 0);
    String up = g.upsample(g.leakyRelu(g.conv(neck, 128, 1, 1, 0)));
    String fused = g.leakyRelu(g.conv(g.concat(up, route), 256, 3, 1, 1));
    String fine = plain(g, fused, 255, 1, 1, 0);
    return g.concat(2, g.reshape(coarse, 1, 255, 13 * 13), g.reshape(fine, 1, 255, 26 * 26));
  }

  /** A convolution with a bias and no normalization. */
  static String plain(
      GraphBuilder g, String x, long channels, int kernel, int stride, int padding) {
    return g.conv(x, channels, Window.square(kernel, stride, padding), 1, false);
  }
}
