package io.neurobalancer.onnx.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Analyses a model once and runs it in any number of segments, to compare with the whole. */
final class Splits implements AutoCloseable {

  private final ModelFile file;
  private final EngineOptions engine;
  private final Path folder;
  private final SharedWeights weights;
  private final SegmentCompiler compiler;
  private final CompiledModel whole;
  private final Map<String, OnnxTensor> feeds;
  private final List<ByteBuffer> expected;

  Splits(Path model, EngineOptions engine, Path folder) throws IOException, OrtException {
    this.file = ModelFile.of(model);
    this.engine = engine;
    this.folder = Files.createDirectories(folder);
    this.weights = new SharedWeights(OrtRuntime.environment(engine), file);
    ModelProto given = file.read();
    ModelCompiler models = new ModelCompiler(file, engine);
    Workload workload = models.workload();
    ModelCompiler.Analysis analysis = models.analyse(given, workload, weights, folder);
    compiler = new SegmentCompiler(workload, analysis.graph(), analysis.probe(), analysis.match());
    whole =
        CompiledModel.whole(
            workload,
            compiler.allowed(),
            SegmentCompiler.inputs(given.getGraph()),
            given.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList(),
            "");
    try (SegmentChain chain = new SegmentChain(file, folder, whole, engine, weights)) {
      feeds = Feeds.of(OrtRuntime.environment(engine), chain.session(0), engine.shapes());
      expected = run(chain);
    }
  }

  List<Cut> allowed() {
    return whole.cuts();
  }

  CompiledModel compile(Cutting cutting) throws IOException {
    List<Cut> chosen = new CutChooser(whole.cuts(), compiler.operatorSeconds()).choose(cutting);
    return new CompiledModel(
        whole.workload(),
        whole.cuts(),
        compiler.write(chosen, folder),
        whole.inputs(),
        whole.outputs(),
        "");
  }

  /** Runs twice in that many segments, and checks that all outputs are the same bits as whole. */
  int assertSameBits(int segments) throws IOException, OrtException {
    CompiledModel model = compile(new Cutting.Exactly(segments));
    try (SegmentChain chain = new SegmentChain(file, folder, model, engine, weights)) {
      for (int repeat = 0; repeat < 2; repeat++) {
        List<ByteBuffer> outputs = run(chain);
        for (int o = 0; o < expected.size(); o++) {
          assertThat(outputs.get(o).equals(expected.get(o)))
              .as("%s in %d segments, output %d", file.name(), segments, o)
              .isTrue();
        }
      }
    }
    return model.segments().size();
  }

  private List<ByteBuffer> run(SegmentChain chain) throws OrtException {
    try (SegmentChain.Job job = chain.newJob()) {
      job.begin(feeds);
      for (int s = 0; s < chain.model().segments().size(); s++) {
        job.run(s);
      }
      OnnxValue[] outputs = job.takeOutputs();
      try {
        return Arrays.stream(outputs).map(Splits::bits).toList();
      } finally {
        OnnxValue.close(Arrays.asList(outputs));
      }
    }
  }

  static ByteBuffer bits(OnnxValue value) {
    if (value instanceof OnnxTensor tensor && tensor.getInfo().type != OnnxJavaType.STRING) {
      ByteBuffer bits = tensor.getByteBuffer();
      ByteBuffer copy = ByteBuffer.allocate(bits.remaining());
      return copy.put(bits).flip();
    }
    return ByteBuffer.allocate(0);
  }

  @Override
  public void close() {
    OnnxValue.close(feeds.values());
    weights.close();
  }
}
