package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.workload.DataType;

/**
 * The networks that others measured, from their papers; groups are the layers of the measurements.
 */
final class ReferenceNetworks {

  private ReferenceNetworks() {}

  /** VGG-19, arXiv 1409.1556. */
  static Network vgg19(DataType type) {
    Network net = new Network("vgg19", type, 3, 224);
    int[][] blocks = {{64, 2}, {128, 2}, {256, 4}, {512, 4}, {512, 4}};
    for (int[] block : blocks) {
      for (int i = 0; i < block[1]; i++) {
        net.conv(block[0], 3, 1);
      }
      net.pool(2, 2);
    }
    return net.dense(4096).dense(4096).dense(1000);
  }

  /** ResNet-50, arXiv 1512.03385: stem, sixteen bottlenecks, classifier. */
  static Network resnet50(DataType type) {
    Network net = new Network("resnet50", type, 3, 224).conv(64, 7, 2).pool(3, 2);
    int[][] stages = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};
    for (int s = 0; s < stages.length; s++) {
      for (int b = 0; b < stages[s][1]; b++) {
        net.next();
        int stride = b == 0 && s > 0 ? 2 : 1;
        int inputs = net.channels();
        int size = net.size();
        net.conv(stages[s][0], 1, 1).conv(stages[s][0], 3, stride).conv(4 * stages[s][0], 1, 1);
        if (b == 0) {
          int after = net.size();
          net.at(inputs, size).conv(4 * stages[s][0], 1, stride).at(4 * stages[s][0], after);
        }
        net.add();
      }
    }
    return net.next().globalPool().dense(1000);
  }

  /** YOLOv3-tiny at 416 pixels, arXiv 1804.02767. */
  static Network yolov3Tiny(DataType type) {
    Network net = new Network("tiny-yolov3", type, 3, 416);
    for (int outputs : new int[] {16, 32, 64, 128, 256}) {
      net.conv(outputs, 3, 1).pool(2, 2);
    }
    net.conv(512, 3, 1).pool(2, 1).conv(1024, 3, 1).conv(256, 1, 1);
    net.conv(512, 3, 1).conv(255, 1, 1);
    net.at(256, 13).conv(128, 1, 1).at(384, 26);
    return net.conv(256, 3, 1).conv(255, 1, 1);
  }

  /** Inception-v4, arXiv 1602.07261. */
  static Network inceptionV4(DataType type) {
    Network net = new Network("inception_v4", type, 3, 299);
    net.valid(32, 3, 2).valid(32, 3, 1).conv(64, 3, 1);
    net.valid(96, 3, 2).at(64, 147).pool(3, 2);
    net.at(160, 73).conv(64, 1, 1).valid(96, 3, 1);
    net.at(160, 73).conv(64, 1, 1).oblong(64, 7, 1).oblong(64, 1, 7).valid(96, 3, 1);
    net.at(192, 71).valid(192, 3, 2).at(192, 71).pool(3, 2);
    for (int i = 0; i < 4; i++) {
      net.at(384, 35).pool(3, 1).conv(96, 1, 1).at(384, 35).conv(96, 1, 1);
      net.at(384, 35).conv(64, 1, 1).conv(96, 3, 1);
      net.at(384, 35).conv(64, 1, 1).conv(96, 3, 1).conv(96, 3, 1);
    }
    net.at(384, 35).valid(384, 3, 2);
    net.at(384, 35).conv(192, 1, 1).conv(224, 3, 1).valid(256, 3, 2).at(384, 35).pool(3, 2);
    for (int i = 0; i < 7; i++) {
      net.at(1024, 17).pool(3, 1).conv(128, 1, 1).at(1024, 17).conv(384, 1, 1);
      net.at(1024, 17).conv(192, 1, 1).oblong(224, 1, 7).oblong(256, 7, 1);
      net.at(1024, 17).conv(192, 1, 1).oblong(192, 1, 7).oblong(224, 7, 1);
      net.oblong(224, 1, 7).oblong(256, 7, 1);
    }
    net.at(1024, 17).conv(192, 1, 1).valid(192, 3, 2);
    net.at(1024, 17).conv(256, 1, 1).oblong(256, 1, 7).oblong(320, 7, 1).valid(320, 3, 2);
    net.at(1024, 17).pool(3, 2);
    for (int i = 0; i < 3; i++) {
      net.at(1536, 8).pool(3, 1).conv(256, 1, 1).at(1536, 8).conv(256, 1, 1);
      net.at(1536, 8).conv(384, 1, 1).oblong(256, 1, 3).at(384, 8).oblong(256, 3, 1);
      net.at(1536, 8).conv(384, 1, 1).oblong(448, 1, 3).oblong(512, 3, 1);
      net.oblong(256, 1, 3).at(512, 8).oblong(256, 3, 1);
    }
    return net.at(1536, 8).globalPool().dense(1000);
  }

  /** AlexNet in two groups, as the Arm Compute Library's example has it; eight layers. */
  static Network alexNet(DataType type) {
    Network net = new Network("alex", type, 3, 227).valid(96, 11, 4).normalize().pool(3, 2);
    net.at(96, 27).next().grouped(256, 5, 2).normalize().pool(3, 2);
    net.at(256, 13).next().conv(384, 3, 1).next().grouped(384, 3, 2);
    net.next().grouped(256, 3, 2).pool(3, 2).at(256, 6);
    return net.next().dense(4096).next().dense(4096).next().dense(1000);
  }

  /** GoogLeNet, arXiv 1409.4842; two stem layers and nine inceptions. */
  static Network googleNet(DataType type) {
    Network net = new Network("google", type, 3, 224).conv(64, 7, 2).pool(3, 2).normalize();
    net.next().conv(64, 1, 1).conv(192, 3, 1).normalize().pool(3, 2);
    int[][] inceptions = {
      {64, 96, 128, 16, 32, 32},
      {128, 128, 192, 32, 96, 64},
      {192, 96, 208, 16, 48, 64},
      {160, 112, 224, 24, 64, 64},
      {128, 128, 256, 24, 64, 64},
      {112, 144, 288, 32, 64, 64},
      {256, 160, 320, 32, 128, 128},
      {256, 160, 320, 32, 128, 128},
      {384, 192, 384, 48, 128, 128}
    };
    for (int i = 0; i < inceptions.length; i++) {
      int[] c = inceptions[i];
      int inputs = net.channels();
      int size = net.size();
      net.next().conv(c[0], 1, 1).at(inputs, size).conv(c[1], 1, 1).conv(c[2], 3, 1);
      net.at(inputs, size).conv(c[3], 1, 1).conv(c[4], 5, 1);
      net.at(inputs, size).pool(3, 1).conv(c[5], 1, 1).at(c[0] + c[2] + c[4] + c[5], size);
      if (i == 1 || i == 6) {
        net.pool(3, 2);
      }
    }
    return net.globalPool().dense(1000);
  }

  /** MobileNetV1, arXiv 1704.04861; the first convolution and thirteen separable ones. */
  static Network mobileNetV1(DataType type) {
    Network net = new Network("mobile", type, 3, 224).conv(32, 3, 2);
    int[][] blocks = {
      {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
      {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
    };
    for (int[] block : blocks) {
      net.next().depthwise(block[1]).conv(block[0], 1, 1);
    }
    return net.globalPool().dense(1000);
  }

  /** SqueezeNet 1.0, arXiv 1602.07360; two convolutions and eight fire modules. */
  static Network squeezeNet(DataType type) {
    Network net = new Network("squeeze", type, 3, 224).conv(96, 7, 2).pool(3, 2);
    int[] squeezes = {16, 16, 32, 32, 48, 48, 64, 64};
    for (int i = 0; i < squeezes.length; i++) {
      int wide = 4 * squeezes[i];
      net.next().conv(squeezes[i], 1, 1).conv(wide, 1, 1);
      net.at(squeezes[i], net.size()).conv(wide, 3, 1).at(2 * wide, net.size());
      if (i == 2 || i == 6) {
        net.pool(3, 2);
      }
    }
    return net.next().conv(1000, 1, 1).globalPool();
  }
}
