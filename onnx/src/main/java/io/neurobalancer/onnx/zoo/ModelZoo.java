package io.neurobalancer.onnx.zoo;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.onnx.importer.CacheFolder;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The models that NeuroBalancer can generate, by name. */
public final class ModelZoo {

  /** Part of the cache's file names; it changes when a generated model does. */
  private static final String VERSION = "v1";

  private static final String TORCHVISION = "torchvision 0.20 model documentation";
  private static final Map<ZooModel, Function<GraphBuilder, String>> MODELS = new LinkedHashMap<>();

  static {
    add(
        MobileNets::v1,
        "mobilenet-v1",
        "MobileNetV1 1.0",
        "arXiv 1704.04861",
        4.24e6,
        569e6,
        "TensorFlow-Slim's table for MobileNet_v1_1.0_224: 569 M, 4.24 M");
    add(
        MobileNets::v2,
        "mobilenet-v2",
        "MobileNetV2 1.0",
        "arXiv 1801.04381",
        3_504_872,
        300e6,
        TORCHVISION + " (parameters); the paper's table 4: 300 M");
    add(
        MobileNets::v3Large,
        "mobilenet-v3-large",
        "MobileNetV3-Large 1.0",
        "arXiv 1905.02244",
        5_483_032,
        0.217e9,
        TORCHVISION
            + ": 0.217 G (the paper's own count, 219 M, is 1.1 % more than its layers have)");
    add(
        MobileNets::efficientNetB0,
        "efficientnet-b0",
        "EfficientNet-B0",
        "arXiv 1905.11946",
        5_288_548,
        0.386e9,
        TORCHVISION + ": 0.386 G (the paper's table 2: 0.39 B)");
    add(
        ConvolutionalNets::resNet18,
        "resnet-18",
        "ResNet-18",
        "arXiv 1512.03385",
        11_689_512,
        1.814e9,
        TORCHVISION + ": 1.814 G");
    add(
        ConvolutionalNets::resNet50,
        "resnet-50",
        "ResNet-50 v1.5",
        "arXiv 1512.03385",
        25_557_032,
        4.089e9,
        TORCHVISION + ": 4.089 G");
    add(
        ConvolutionalNets::squeezeNet,
        "squeezenet-1.1",
        "SqueezeNet 1.1",
        "arXiv 1602.07360",
        1_235_496,
        0.349e9,
        TORCHVISION + ": 0.349 G");
    add(
        MobileNets::shuffleNetV2,
        "shufflenet-v2-1.0x",
        "ShuffleNetV2 1.0x",
        "arXiv 1807.11164",
        2_278_604,
        146e6,
        TORCHVISION + " (parameters); the paper's table 8: 146 M");
    add(
        ConvolutionalNets::denseNet121,
        "densenet-121",
        "DenseNet-121",
        "arXiv 1608.06993",
        7_978_856,
        2.834e9,
        TORCHVISION + ": 2.834 G");
    add(
        InceptionNet::v3,
        "inception-v3",
        "InceptionV3",
        "arXiv 1512.00567",
        23_834_568,
        5.713e9,
        TORCHVISION + ": 27,161,264 less 3,326,696 of the auxiliary classifier; 5.713 G");
    add(
        ConvolutionalNets::vgg16,
        "vgg-16",
        "VGG-16",
        "arXiv 1409.1556",
        138_357_544,
        15.470e9,
        TORCHVISION + ": 15.470 G");
    add(
        ConvolutionalNets::yoloV3Tiny,
        "yolov3-tiny",
        "YOLOv3-tiny 416",
        "arXiv 1804.02767",
        8.858e6,
        2.7855e9,
        "Darknet's own count for yolov3-tiny.cfg: 5.571 BFLOPs, two per multiply-add; its weight"
            + " file");
    add(
        Transformers::viTTiny,
        "vit-tiny-16",
        "ViT-Tiny/16",
        "arXiv 2010.11929, 2012.12877",
        5.717e6,
        1.26e9,
        "timm's vit_tiny_patch16_224: 5.717 M; DeiT-Ti: 1.26 G, three digits");
    add(
        Transformers::bertBase,
        "bert-base",
        "BERT-base encoder, 128 tokens",
        "arXiv 1810.04805",
        109.48e6,
        11.25e9,
        "bert-base-uncased: 109.48 M; TinyBERT's table 1: 22.5 B FLOPs, two per multiply-add");
    add(
        Transformers::tinyBert4,
        "tinybert-4",
        "TinyBERT-4 encoder, 128 tokens",
        "arXiv 1909.10351",
        14.35e6,
        0.6e9,
        "TinyBERT_General_4L_312D: 14.35 M; the paper's table 1: 1.2 B FLOPs, two digits, two per"
            + " multiply-add");
    add(
        StreamingNets::blazeFace,
        "blazeface",
        "BlazeFace, 128 x 128",
        "arXiv 1907.05047",
        Double.NaN,
        Double.NaN,
        "the paper counts neither; layers from its table 4");
    add(
        StreamingNets::marbleNet,
        "marblenet-3x2x64",
        "MarbleNet 3x2x64, 0.63 s of speech",
        "arXiv 2010.13886",
        88e3,
        Double.NaN,
        "the paper's table 2: 88 K parameters, two digits; operations are not counted there");
    add(
        MobileNets::textDirection,
        "pp-ocr-direction",
        "PP-OCR's direction classifier, 48 x 192",
        "arXiv 2009.09941",
        Double.NaN,
        Double.NaN,
        "the paper counts neither; layers from its repository");
    for (long prompt : new long[] {64, 512}) {
      add(
          g -> Decoders.gpt2Small(g, prompt),
          "gpt2-small-" + prompt,
          "GPT-2 small: reads %d tokens, writes %d".formatted(prompt, Decoders.WRITTEN + 1),
          "Radford et al. 2019",
          124_439_808,
          Decoders.multiplyAdds(prompt),
          "the released 124M checkpoint; 12 d^2 per layer and token, as arXiv 2001.08361 counts,"
              + " and its products with the cache");
    }
  }

  private ModelZoo() {}

  private static void add(
      Function<GraphBuilder, String> architecture,
      String name,
      String title,
      String paper,
      double parameters,
      double multiplyAdds,
      String source) {
    MODELS.put(new ZooModel(name, title, paper, parameters, multiplyAdds, source), architecture);
  }

  /** Returns all models, in a fixed order. */
  public static List<ZooModel> models() {
    return List.copyOf(MODELS.keySet());
  }

  /** Returns the model with this name. */
  public static Optional<ZooModel> find(String name) {
    return MODELS.keySet().stream().filter(model -> model.name().equals(name)).findFirst();
  }

  static GraphBuilder.Built build(ZooModel model) {
    Function<GraphBuilder, String> architecture = MODELS.get(model);
    if (architecture == null) {
      throw new IllegalArgumentException("The zoo has no model '%s'.".formatted(model.name()));
    }
    GraphBuilder builder = new GraphBuilder(model.name());
    return builder.build(architecture.apply(builder));
  }

  /** Returns where the file of a model is, or will be, in a cache. */
  public static Path file(ZooModel model, Path cacheDirectory) {
    return cacheDirectory.resolve("models").resolve(model.name() + "-" + VERSION + ".onnx");
  }

  /**
   * Returns the file of a model, generated unless an intact one is in the cache. A file whose hash
   * is not the one noted beside it is made anew.
   *
   * @throws ZooException if the cache directory cannot be written
   */
  public static Path materialize(ZooModel model, Path cacheDirectory) {
    Path file = file(model, cacheDirectory);
    Path folder = cacheDirectory.resolve("models");
    Path note = folder.resolve(model.name() + "-" + VERSION + ".sha256");
    try {
      if (Files.isRegularFile(file)
          && Files.isRegularFile(note)
          && Files.readString(note).strip().equals(OnnxWorkloads.fileHash(file))) {
        return file;
      }
      Files.createDirectories(folder);
      Path fresh = CacheFolder.fresh(folder, model.name());
      Path freshNote = CacheFolder.fresh(folder, model.name());
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 20)) {
          build(model).model().writeTo(out);
        }
        Files.writeString(freshNote, OnnxWorkloads.fileHash(fresh));
        // The note of another file must not lie beside the new one, not even for a moment.
        Files.deleteIfExists(note);
        CacheFolder.move(fresh, file);
        CacheFolder.move(freshNote, note);
      } finally {
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(freshNote);
      }
      return file;
    } catch (IOException e) {
      throw new ZooException(
          "The model zoo:%s cannot be kept in '%s' (%s).%nMaybe free some space or set XDG_CACHE_HOME to a folder that you can write."
              .formatted(model.name(), folder, IoReason.of(e)),
          e);
    }
  }
}
