package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.UnaryOperator;

/** Networks of depthwise separable convolutions. */
final class MobileNets {

  private MobileNets() {}

  /** A. Howard et al., "MobileNets", arXiv 1704.04861, table 1. */
  static String v1(GraphBuilder g) {
    String x = g.relu(g.conv(g.image(224), 32, 3, 2, 1));
    int[][] blocks = {
      {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
      {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
    };
    for (int[] block : blocks) {
      x = g.relu(g.depthwise(x, 3, block[1]));
      x = g.relu(g.conv(x, block[0], 1, 1, 0));
    }
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  /** M. Sandler et al., "MobileNetV2", arXiv 1801.04381, table 2. */
  static String v2(GraphBuilder g) {
    String x = g.relu6(g.conv(g.image(224), 32, 3, 2, 1));
    // expansion, channels, repeats, stride of the first
    int[][] stages = {
      {1, 16, 1, 1},
      {6, 24, 2, 2},
      {6, 32, 3, 2},
      {6, 64, 4, 2},
      {6, 96, 3, 1},
      {6, 160, 3, 2},
      {6, 320, 1, 1}
    };
    for (int[] stage : stages) {
      for (int r = 0; r < stage[2]; r++) {
        String in = x;
        int stride = r == 0 ? stage[3] : 1;
        if (stage[0] > 1) {
          x = g.relu6(g.conv(x, g.channels(x) * stage[0], 1, 1, 0));
        }
        x = g.conv(g.relu6(g.depthwise(x, 3, stride)), stage[1], 1, 1, 0);
        if (stride == 1 && g.channels(in) == stage[1]) {
          x = g.add(in, x);
        }
      }
    }
    x = g.relu6(g.conv(x, 1280, 1, 1, 0));
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  /** A. Howard et al., "Searching for MobileNetV3", arXiv 1905.02244, table 1. */
  static String v3Large(GraphBuilder g) {
    String x = g.hardSwish(g.conv(g.image(224), 16, 3, 2, 1));
    // kernel, expanded channels, channels, squeeze and excite, hard swish, stride
    int[][] blocks = {
      {3, 16, 16, 0, 0, 1},
      {3, 64, 24, 0, 0, 2},
      {3, 72, 24, 0, 0, 1},
      {5, 72, 40, 1, 0, 2},
      {5, 120, 40, 1, 0, 1},
      {5, 120, 40, 1, 0, 1},
      {3, 240, 80, 0, 1, 2},
      {3, 200, 80, 0, 1, 1},
      {3, 184, 80, 0, 1, 1},
      {3, 184, 80, 0, 1, 1},
      {3, 480, 112, 1, 1, 1},
      {3, 672, 112, 1, 1, 1},
      {5, 672, 160, 1, 1, 2},
      {5, 960, 160, 1, 1, 1},
      {5, 960, 160, 1, 1, 1}
    };
    for (int[] block : blocks) {
      x = v3Block(g, x, block, 1, block[5]);
    }
    x = g.globalAverage(g.hardSwish(g.conv(x, 960, 1, 1, 0)));
    return g.dense(g.hardSwish(g.dense(g.flatten(x), 1280)), 1000);
  }

  /**
   * The direction classifier of Y. Du et al., "PP-OCR", arXiv 2009.09941, section 2.2, with the
   * shapes and strides of its repository: MobileNetV3-Small (arXiv 1905.02244, table 2) at 0.35 of
   * its width on 48 x 192 pixels, halved in height only after the first layer, two classes.
   */
  static String textDirection(GraphBuilder g) {
    double scale = 0.35;
    String x = g.input("image", TensorProto.DataType.FLOAT, 1, 3, 48, 192);
    x = g.hardSwish(g.conv(x, divisibleByEight(16 * scale), 3, 2, 1));
    int[][] blocks = {
      {3, 16, 16, 1, 0, 2},
      {3, 72, 24, 0, 0, 2},
      {3, 88, 24, 0, 0, 1},
      {5, 96, 40, 1, 1, 2},
      {5, 240, 40, 1, 1, 1},
      {5, 240, 40, 1, 1, 1},
      {5, 120, 48, 1, 1, 1},
      {5, 144, 48, 1, 1, 1},
      {5, 288, 96, 1, 1, 2},
      {5, 576, 96, 1, 1, 1},
      {5, 576, 96, 1, 1, 1}
    };
    for (int[] block : blocks) {
      x = v3Block(g, x, block, scale, 1);
    }
    x = g.hardSwish(g.conv(x, divisibleByEight(576 * scale), 1, 1, 0));
    return g.softmax(g.dense(g.flatten(g.globalAverage(x)), 2));
  }

  /** Kernel, expanded channels, channels, squeeze and excite, hard swish, stride in height. */
  private static String v3Block(GraphBuilder g, String in, int[] block, double scale, int across) {
    long expanded = scale == 1 ? block[1] : divisibleByEight(block[1] * scale);
    long channels = scale == 1 ? block[2] : divisibleByEight(block[2] * scale);
    String x = in;
    UnaryOperator<String> activation = block[4] == 1 ? g::hardSwish : g::relu;
    if (expanded != g.channels(x)) {
      x = activation.apply(g.conv(x, expanded, 1, 1, 0));
    }
    x = activation.apply(depthwise(g, x, block[0], block[5], across));
    if (block[3] == 1) {
      String gate = squeeze(g, x, divisibleByEight(expanded / 4.0), g::relu);
      x = g.mul(x, g.hardSigmoid(gate));
    }
    x = g.conv(x, channels, 1, 1, 0);
    if (block[5] == 1 && across == 1 && g.channels(in) == channels) {
      x = g.add(in, x);
    }
    return x;
  }

  private static String depthwise(GraphBuilder g, String x, int kernel, int down, int across) {
    int pad = kernel / 2;
    Window window = new Window(kernel, kernel, down, across, pad, pad, 1);
    return g.conv(x, g.channels(x), window, g.channels(x), true);
  }

  /** M. Tan, Q. Le, "EfficientNet", arXiv 1905.11946, table 1 (B0). */
  static String efficientNetB0(GraphBuilder g) {
    String x = g.swish(g.conv(g.image(224), 32, 3, 2, 1));
    // expansion, kernel, stride of the first, channels, repeats
    int[][] stages = {
      {1, 3, 1, 16, 1},
      {6, 3, 2, 24, 2},
      {6, 5, 2, 40, 2},
      {6, 3, 2, 80, 3},
      {6, 5, 1, 112, 3},
      {6, 5, 2, 192, 4},
      {6, 3, 1, 320, 1}
    };
    for (int[] stage : stages) {
      for (int r = 0; r < stage[4]; r++) {
        String in = x;
        int stride = r == 0 ? stage[2] : 1;
        if (stage[0] > 1) {
          x = g.swish(g.conv(x, g.channels(x) * stage[0], 1, 1, 0));
        }
        x = g.swish(g.depthwise(x, stage[1], stride));
        // The bottleneck of the gate is a quarter of the block's input, not of its expansion.
        String gate = squeeze(g, x, g.channels(in) / 4, g::swish);
        x = g.conv(g.mul(x, g.sigmoid(gate)), stage[3], 1, 1, 0);
        if (stride == 1 && g.channels(in) == stage[3]) {
          x = g.add(in, x);
        }
      }
    }
    x = g.swish(g.conv(x, 1280, 1, 1, 0));
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  /** N. Ma et al., "ShuffleNet V2", arXiv 1807.11164, table 5 (1x) and figure 3. */
  static String shuffleNetV2(GraphBuilder g) {
    String x = g.maxPool(g.relu(g.conv(g.image(224), 24, 3, 2, 1)), 3, 2, 1);
    int[][] stages = {{116, 4}, {232, 8}, {464, 4}};
    for (int[] stage : stages) {
      long half = stage[0] / 2;
      for (int r = 0; r < stage[1]; r++) {
        String left;
        String right;
        if (r == 0) {
          left = g.relu(g.conv(g.depthwise(x, 3, 2), half, 1, 1, 0));
          right = g.relu(g.conv(x, half, 1, 1, 0));
        } else {
          left = g.channelSlice(x, 0, half);
          right = g.relu(g.conv(g.channelSlice(x, half, 2 * half), half, 1, 1, 0));
        }
        right = g.depthwise(right, 3, r == 0 ? 2 : 1);
        right = g.relu(g.conv(right, half, 1, 1, 0));
        x = shuffle(g, g.concat(left, right));
      }
    }
    x = g.relu(g.conv(x, 1024, 1, 1, 0));
    return g.dense(g.flatten(g.globalAverage(x)), 1000);
  }

  private static String shuffle(GraphBuilder g, String x) {
    long[] s = g.shape(x).clone();
    String split = g.reshape(x, s[0], 2, s[1] / 2, s[2], s[3]);
    return g.reshape(g.transpose(split, 0, 2, 1, 3, 4), s);
  }

  /** Two 1x1 convolutions with bias on the channels' means. */
  private static String squeeze(
      GraphBuilder g, String x, long bottleneck, UnaryOperator<String> activation) {
    String means = g.globalAverage(x);
    String narrow = activation.apply(g.conv(means, bottleneck, Window.square(1, 1, 0), 1, false));
    return g.conv(narrow, g.channels(x), Window.square(1, 1, 0), 1, false);
  }

  private static long divisibleByEight(double channels) {
    long rounded = Math.max(8, (long) (channels + 4) / 8 * 8);
    return rounded < 0.9 * channels ? rounded + 8 : rounded;
  }
}
