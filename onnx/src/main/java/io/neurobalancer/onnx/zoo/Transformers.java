package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.TensorProto;

/** Encoders of self-attention layers. */
final class Transformers {

  private static final long SEQUENCE = 128;
  private static final long VOCABULARY = 30_522;

  private Transformers() {}

  /**
   * A. Dosovitskiy et al., "An Image is Worth 16x16 Words", arXiv 2010.11929, at the width of
   * DeiT-Ti (H. Touvron et al., arXiv 2012.12877, table 1): 12 layers of 192, three heads,
   * normalization first.
   */
  static String viTTiny(GraphBuilder g) {
    long width = 192;
    String patches = ConvolutionalNets.plain(g, g.image(224), width, 16, 16, 0);
    patches = g.transpose(g.reshape(patches, 1, width, 196), 0, 2, 1);
    String x = g.concat(1, g.parameter("class", 1, 1, width), patches);
    x = g.add(x, g.parameter("position", 1, 197, width));
    for (int layer = 0; layer < 12; layer++) {
      x = g.add(x, attention(g, g.layerNorm(x), 3, ""));
      x = g.add(x, g.linear(g.gelu(g.linear(g.layerNorm(x), 4 * width)), width));
    }
    return g.dense(g.first(g.layerNorm(x)), 1000);
  }

  /** J. Devlin et al., "BERT", arXiv 1810.04805: base, 128 tokens, with the pooler. */
  static String bertBase(GraphBuilder g) {
    return encoder(g, 12, 768, 12, 3_072);
  }

  /**
   * X. Jiao et al., "TinyBERT", arXiv 1909.10351: four layers of 312, 128 tokens, with the pooler.
   */
  static String tinyBert4(GraphBuilder g) {
    return encoder(g, 4, 312, 12, 1_200);
  }

  private static String encoder(GraphBuilder g, int layers, long width, int heads, long inner) {
    String tokens = g.input("input_ids", TensorProto.DataType.INT64, 1, SEQUENCE);
    String mask = g.input("attention_mask", TensorProto.DataType.INT64, 1, SEQUENCE);
    String segments = g.input("token_type_ids", TensorProto.DataType.INT64, 1, SEQUENCE);
    String x = g.embed(tokens, VOCABULARY, width);
    x = g.add(x, g.embed(segments, 2, width));
    x = g.add(x, g.parameter("position", 1, SEQUENCE, width));
    // The table has rows for 512 positions; 128 tokens use the first ones.
    g.countUnused((512 - SEQUENCE) * width);
    x = g.layerNorm(x);
    String open = g.reshape(g.castToFloat(mask), 1, 1, 1, SEQUENCE);
    String penalty = g.scale(g.subtractFromOne(open), -10_000);
    for (int layer = 0; layer < layers; layer++) {
      x = g.layerNorm(g.add(attention(g, x, heads, penalty), x));
      x = g.layerNorm(g.add(g.linear(g.gelu(g.linear(x, inner)), width), x));
    }
    return g.tanh(g.dense(g.first(x), width));
  }

  /** Multi-head self-attention; an empty {@code penalty} masks nothing. */
  private static String attention(GraphBuilder g, String x, int heads, String penalty) {
    long length = g.shape(x)[1];
    long width = g.shape(x)[2];
    long each = width / heads;
    String queries = split(g, g.linear(x, width), heads, each, 0, 2, 1, 3);
    String keys = split(g, g.linear(x, width), heads, each, 0, 2, 3, 1);
    String values = split(g, g.linear(x, width), heads, each, 0, 2, 1, 3);
    String scores = g.divide(g.product(queries, keys), Math.sqrt((double) each));
    if (!penalty.isEmpty()) {
      scores = g.add(scores, penalty);
    }
    String mixed = g.product(g.softmax(scores), values);
    return g.linear(g.reshape(g.transpose(mixed, 0, 2, 1, 3), 1, length, width), width);
  }

  private static String split(GraphBuilder g, String x, int heads, long each, int... permutation) {
    return g.transpose(g.reshape(x, 1, g.shape(x)[1], heads, each), permutation);
  }
}
