package io.neurobalancer.onnx.zoo;

/**
 * C. Szegedy et al., "Rethinking the Inception Architecture", arXiv 1512.00567: version 3 at 299
 * pixels, without the auxiliary classifier, with the branch widths of the commonly used
 * implementations.
 */
final class InceptionNet {

  private final GraphBuilder g;

  private InceptionNet(GraphBuilder g) {
    this.g = g;
  }

  static String v3(GraphBuilder g) {
    return new InceptionNet(g).build();
  }

  private String build() {
    String x = conv(g.image(299), 32, 3, 3, 2, 0, 0);
    x = conv(x, 32, 3, 3, 1, 0, 0);
    x = conv(x, 64, 3, 3, 1, 1, 1);
    x = g.maxPool(x, 3, 2, 0);
    x = conv(x, 80, 1, 1, 1, 0, 0);
    x = g.maxPool(conv(x, 192, 3, 3, 1, 0, 0), 3, 2, 0);
    x = blockA(x, 32);
    x = blockA(x, 64);
    x = blockA(x, 64);
    x = reductionB(x);
    x = blockC(x, 128);
    x = blockC(x, 160);
    x = blockC(x, 160);
    x = blockC(x, 192);
    x = reductionD(x);
    x = blockE(x);
    x = blockE(x);
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  private String blockA(String x, int poolWidth) {
    String five = conv(conv(x, 48, 1, 1, 1, 0, 0), 64, 5, 5, 1, 2, 2);
    String three = conv(conv(x, 64, 1, 1, 1, 0, 0), 96, 3, 3, 1, 1, 1);
    three = conv(three, 96, 3, 3, 1, 1, 1);
    return g.concat(conv(x, 64, 1, 1, 1, 0, 0), five, three, pooled(x, poolWidth));
  }

  private String reductionB(String x) {
    String three = conv(conv(x, 64, 1, 1, 1, 0, 0), 96, 3, 3, 1, 1, 1);
    three = conv(three, 96, 3, 3, 2, 0, 0);
    return g.concat(conv(x, 384, 3, 3, 2, 0, 0), three, g.maxPool(x, 3, 2, 0));
  }

  private String blockC(String x, int width) {
    String once = conv(x, width, 1, 1, 1, 0, 0);
    once = conv(once, width, 1, 7, 1, 0, 3);
    once = conv(once, 192, 7, 1, 1, 3, 0);
    String twice = conv(x, width, 1, 1, 1, 0, 0);
    twice = conv(twice, width, 7, 1, 1, 3, 0);
    twice = conv(twice, width, 1, 7, 1, 0, 3);
    twice = conv(twice, width, 7, 1, 1, 3, 0);
    twice = conv(twice, 192, 1, 7, 1, 0, 3);
    return g.concat(conv(x, 192, 1, 1, 1, 0, 0), once, twice, pooled(x, 192));
  }

  private String reductionD(String x) {
    String three = conv(conv(x, 192, 1, 1, 1, 0, 0), 320, 3, 3, 2, 0, 0);
    String seven = conv(x, 192, 1, 1, 1, 0, 0);
    seven = conv(seven, 192, 1, 7, 1, 0, 3);
    seven = conv(seven, 192, 7, 1, 1, 3, 0);
    seven = conv(seven, 192, 3, 3, 2, 0, 0);
    return g.concat(three, seven, g.maxPool(x, 3, 2, 0));
  }

  private String blockE(String x) {
    String three = conv(x, 384, 1, 1, 1, 0, 0);
    three = g.concat(conv(three, 384, 1, 3, 1, 0, 1), conv(three, 384, 3, 1, 1, 1, 0));
    String twice = conv(conv(x, 448, 1, 1, 1, 0, 0), 384, 3, 3, 1, 1, 1);
    twice = g.concat(conv(twice, 384, 1, 3, 1, 0, 1), conv(twice, 384, 3, 1, 1, 1, 0));
    return g.concat(conv(x, 320, 1, 1, 1, 0, 0), three, twice, pooled(x, 192));
  }

  private String pooled(String x, int width) {
    return conv(g.averagePool(x, 3, 1, 1), width, 1, 1, 1, 0, 0);
  }

  private String conv(
      String x, int width, int height, int across, int stride, int padHeight, int padWidth) {
    return g.relu(
        g.conv(
            x, width, new Window(height, across, stride, stride, padHeight, padWidth, 1), 1, true));
  }
}
