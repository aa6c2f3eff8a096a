package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;

/**
 * A. Radford et al., "Language Models are Unsupervised Multitask Learners" (2019): GPT-2 with 12
 * layers of 768, as one job of phases. A prompt is read at once, then tokens are written one by
 * one, each from the one before and from a cache that grows by it. The weights are there once.
 */
final class Decoders {

  static final long WRITTEN = 8;

  private static final long VOCABULARY = 50_257;
  private static final long CONTEXT = 1_024;
  private static final long WIDTH = 768;
  private static final int LAYERS = 12;
  private static final int HEADS = 12;

  private final GraphBuilder g;
  private final String tokens;
  private final String positions;
  private final List<Block> blocks = new ArrayList<>();
  private final List<String> last;

  /** The weights of one layer. */
  private record Block(
      List<String> before,
      GraphBuilder.Layer threefold,
      GraphBuilder.Layer mixed,
      List<String> between,
      GraphBuilder.Layer wide,
      GraphBuilder.Layer narrow) {}

  private Decoders(GraphBuilder g, long length) {
    this.g = g;
    tokens = g.table(VOCABULARY, WIDTH);
    positions = g.parameter("position", 1, length, WIDTH);
    g.countUnused((CONTEXT - length) * WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      blocks.add(
          new Block(
              g.normalization(WIDTH),
              g.layer(WIDTH, 3 * WIDTH),
              g.layer(WIDTH, WIDTH),
              g.normalization(WIDTH),
              g.layer(WIDTH, 4 * WIDTH),
              g.layer(4 * WIDTH, WIDTH)));
    }
    last = g.normalization(WIDTH);
  }

  /**
   * Multiply-adds of reading a prompt and writing {@link #WRITTEN} tokens after its first: 12 d^2
   * for each layer and token, two products with every key that is there, and the vocabulary for
   * every token that is written.
   */
  static double multiplyAdds(long prompt) {
    double perToken = 12.0 * LAYERS * WIDTH * WIDTH;
    double keys = (double) prompt * prompt;
    for (long step = 1; step <= WRITTEN; step++) {
      keys += prompt + step;
    }
    return (prompt + WRITTEN) * perToken
        + 2.0 * LAYERS * WIDTH * keys
        + (double) (WRITTEN + 1) * VOCABULARY * WIDTH;
  }

  static String gpt2Small(GraphBuilder g, long prompt) {
    String input = g.input("input_ids", TensorProto.DataType.INT64, 1, prompt);
    return new Decoders(g, prompt + WRITTEN).write(input, prompt);
  }

  private String write(String prompt, long length) {
    String[] keys = new String[LAYERS];
    String[] values = new String[LAYERS];
    g.phase("prefill");
    String logits = step(prompt, 0, length, keys, values, g.causal(length));
    for (long token = 0; token < WRITTEN; token++) {
      g.phase("decode-" + (token + 1));
      logits = step(g.argMax(logits), length + token, 1, keys, values, "");
    }
    return logits;
  }

  /**
   * Reads some tokens behind those in the cache, adds them to it, and says what follows the last.
   */
  private String step(
      String ids, long from, long count, String[] keys, String[] values, String mask) {
    String x = g.rows(tokens, g.reshape(ids, 1, count));
    x = g.add(x, g.slice(positions, 1, from, from + count));
    for (int layer = 0; layer < LAYERS; layer++) {
      Block block = blocks.get(layer);
      x = g.add(x, attention(g.layerNorm(x, block.before()), block, layer, keys, values, mask));
      String wide = g.geluByTanh(g.linear(g.layerNorm(x, block.between()), block.wide()));
      x = g.add(x, g.linear(wide, block.narrow()));
    }
    String end = g.channelSlice(x, count - 1, count);
    return g.project(g.reshape(g.layerNorm(end, last), 1, WIDTH), tokens);
  }

  private String attention(
      String x, Block block, int layer, String[] keys, String[] values, String mask) {
    long count = g.shape(x)[1];
    String all = g.linear(x, block.threefold());
    String queries = heads(g.slice(all, 2, 0, WIDTH), 0, 2, 1, 3);
    String key = heads(g.slice(all, 2, WIDTH, 2 * WIDTH), 0, 2, 3, 1);
    String value = heads(g.slice(all, 2, 2 * WIDTH, 3 * WIDTH), 0, 2, 1, 3);
    keys[layer] = keys[layer] == null ? key : g.concat(3, keys[layer], key);
    values[layer] = values[layer] == null ? value : g.concat(2, values[layer], value);
    String scores = g.divide(g.product(queries, keys[layer]), Math.sqrt(WIDTH / (double) HEADS));
    String weights = g.softmax(mask.isEmpty() ? scores : g.add(scores, mask));
    String mixed = g.transpose(g.product(weights, values[layer]), 0, 2, 1, 3);
    return g.linear(g.reshape(mixed, 1, count, WIDTH), block.mixed());
  }

  private String heads(String x, int... permutation) {
    return g.transpose(g.reshape(x, 1, g.shape(x)[1], HEADS, WIDTH / HEADS), permutation);
  }
}
