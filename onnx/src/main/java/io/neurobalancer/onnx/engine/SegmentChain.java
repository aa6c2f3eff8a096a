package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open sessions of a compiled model, one per segment. Any number of {@link Job}s may run on
 * them at once.
 */
final class SegmentChain implements AutoCloseable {

  /** ONNX Runtime's own allocator aligns to this, which vector loads like. */
  private static final int ALIGNMENT = 64;

  private final CompiledModel model;
  private final OrtEnvironment environment;
  private final OrtSession[] sessions;
  private final Step[] steps;
  private final Map<String, Integer> slots = new LinkedHashMap<>();
  private final boolean[] isInput;
  private final boolean[] isOutput;
  private final boolean[] isRoom;
  private final int[] modelInputs;
  private final int[] modelOutputs;

  /** A segment in terms of slots: places for tensors, one per name. */
  private static final class Step {
    private final List<String> inputs;
    private final int[] inputSlots;
    private final Set<String> requested;
    private final List<String> requestedNames;
    private final int[] requestedSlots;
    private final List<CompiledModel.Port> pinned;
    private final int[] pinnedSlots;
    private final int[] closedAfter;

    Step(
        List<String> inputs,
        int[] inputSlots,
        List<String> requested,
        int[] requestedSlots,
        List<CompiledModel.Port> pinned,
        int[] pinnedSlots,
        int[] closedAfter) {
      this.inputs = inputs;
      this.inputSlots = inputSlots;
      this.requested = new LinkedHashSet<>(requested);
      this.requestedNames = requested;
      this.requestedSlots = requestedSlots;
      this.pinned = pinned;
      this.pinnedSlots = pinnedSlots;
      this.closedAfter = closedAfter;
    }
  }

  SegmentChain(
      ModelFile file, Path folder, CompiledModel model, EngineOptions engine, SharedWeights weights)
      throws OrtException {
    this.model = model;
    this.environment = OrtRuntime.environment(engine);
    model.inputs().forEach(this::slot);
    model.outputs().forEach(this::slot);
    int segments = model.segments().size();
    model.segments().forEach(segment -> segment.inputs().forEach(this::slot));
    model.segments().forEach(segment -> segment.outputs().forEach(port -> slot(port.name())));
    isInput = new boolean[slots.size()];
    isOutput = new boolean[slots.size()];
    model.inputs().forEach(name -> isInput[slot(name)] = true);
    model.outputs().forEach(name -> isOutput[slot(name)] = true);
    isRoom = new boolean[slots.size()];
    modelInputs = slotsOf(model.inputs());
    modelOutputs = slotsOf(model.outputs());
    steps = new Step[segments];
    sessions = new OrtSession[segments];
    for (int s = 0; s < segments; s++) {
      steps[s] = step(s);
    }
    try {
      for (int s = 0; s < segments; s++) {
        sessions[s] = open(file, folder, model.segments().get(s), engine, weights);
      }
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private OrtSession open(
      ModelFile file,
      Path folder,
      CompiledModel.Segment segment,
      EngineOptions engine,
      SharedWeights weights)
      throws OrtException {
    boolean whole = segment.file().isEmpty();
    boolean ownKernels = engine.providers() == ProviderSetup.CPU;
    try (OrtSession.SessionOptions options =
        OrtRuntime.options(engine, whole || !ownKernels ? OptLevel.ALL_OPT : OptLevel.NO_OPT)) {
      Path path = whole ? file.file() : folder.resolve(segment.file());
      if (segment.outside()) {
        List<TensorProto> own = Graphs.read(path).getGraph().getInitializerList();
        weights.addTo(options, own);
      }
      engine.providers().addTo(options);
      return environment.createSession(path.toString(), options);
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The cut model in '%s' cannot be read (%s).%nMaybe remove that folder."
              .formatted(folder, IoReason.of(e)),
          e);
    }
  }

  private int slot(String name) {
    return slots.computeIfAbsent(name, n -> slots.size());
  }

  private Step step(int s) {
    CompiledModel.Segment segment = model.segments().get(s);
    List<CompiledModel.Port> pinned = new ArrayList<>();
    List<String> requested = new ArrayList<>();
    for (CompiledModel.Port port : segment.outputs()) {
      boolean room =
          !isOutput[slot(port.name())]
              && port.type().fixed()
              && port.type().bytes() > 0
              && port.type().bytes() < Integer.MAX_VALUE - 2 * ALIGNMENT
              && port.type().javaType() != OnnxJavaType.UNKNOWN;
      if (room) {
        pinned.add(port);
        isRoom[slot(port.name())] = true;
      } else {
        requested.add(port.name());
      }
    }
    List<Integer> closed = new ArrayList<>();
    for (String input : segment.inputs()) {
      if (lastUse(input) == s && !isInput[slot(input)] && !isOutput[slot(input)]) {
        closed.add(slot(input));
      }
    }
    return new Step(
        segment.inputs(),
        slotsOf(segment.inputs()),
        requested,
        slotsOf(requested),
        pinned,
        slotsOf(pinned.stream().map(CompiledModel.Port::name).toList()),
        closed.stream().mapToInt(Integer::intValue).toArray());
  }

  private int lastUse(String name) {
    int last = -1;
    for (int s = 0; s < model.segments().size(); s++) {
      last = model.segments().get(s).inputs().contains(name) ? s : last;
    }
    return last;
  }

  private int[] slotsOf(List<String> names) {
    return names.stream().mapToInt(this::slot).toArray();
  }

  CompiledModel model() {
    return model;
  }

  OrtSession session(int segment) {
    return sessions[segment];
  }

  /** Returns what ONNX Runtime says of the model's inputs. */
  Map<String, NodeInfo> inputInfo() throws OrtException {
    return info(model.inputs(), true);
  }

  /** Returns what ONNX Runtime says of the model's outputs. */
  Map<String, NodeInfo> outputInfo() throws OrtException {
    return info(model.outputs(), false);
  }

  private Map<String, NodeInfo> info(List<String> names, boolean inputs) throws OrtException {
    Map<String, NodeInfo> all = new HashMap<>();
    for (OrtSession session : sessions) {
      all.putAll(inputs ? session.getInputInfo() : session.getOutputInfo());
    }
    Map<String, NodeInfo> wanted = new LinkedHashMap<>();
    for (String name : names) {
      NodeInfo info = all.get(name);
      if (info != null) {
        wanted.put(name, info);
      }
    }
    return wanted;
  }

  Job newJob() throws OrtException {
    return new Job();
  }

  /** Closes the sessions; jobs must be closed before. */
  @Override
  public void close() {
    for (OrtSession session : sessions) {
      if (session != null) {
        try {
          session.close();
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    Arrays.fill(sessions, null);
  }

  /**
   * What one inference at a time needs: room for the tensors that cross cuts, made once and used
   * again by every run where shapes are fixed. Where they are not, ONNX Runtime makes such tensors
   * and they are closed after their last reader.
   */
  final class Job implements AutoCloseable {
    private final @Nullable OnnxValue[] values = new OnnxValue[slots.size()];
    private final List<OnnxTensor> rooms = new ArrayList<>();
    private final List<Map<String, OnnxTensorLike>> inputs = new ArrayList<>();
    private final List<Map<String, OnnxValue>> pinned = new ArrayList<>();

    private Job() throws OrtException {
      for (Step step : steps) {
        inputs.add(new LinkedHashMap<>());
        Map<String, OnnxValue> pins = new LinkedHashMap<>();
        for (int p = 0; p < step.pinned.size(); p++) {
          OnnxTensor room = room(step.pinned.get(p).type());
          rooms.add(room);
          values[step.pinnedSlots[p]] = room;
          pins.put(step.pinned.get(p).name(), room);
        }
        pinned.add(pins);
      }
    }

    private OnnxTensor room(TensorType type) throws OrtException {
      int bytes = Math.toIntExact(type.bytes());
      ByteBuffer raw = ByteBuffer.allocateDirect(bytes + 2 * ALIGNMENT).alignedSlice(ALIGNMENT);
      return OnnxTensor.createTensor(
          environment,
          raw.limit(bytes).slice().order(ByteOrder.nativeOrder()),
          type.shape(),
          type.javaType());
    }

    /** Takes the inputs of the next run; they stay the caller's. */
    void begin(Map<String, ? extends OnnxTensorLike> feeds) {
      for (int i = 0; i < modelInputs.length; i++) {
        values[modelInputs[i]] = feeds.get(model.inputs().get(i));
      }
    }

    void run(int segment) throws OrtException {
      run(segment, null);
    }

    void run(int segment, OrtSession.@Nullable RunOptions options) throws OrtException {
      Step step = steps[segment];
      Map<String, OnnxTensorLike> given = inputs.get(segment);
      for (int i = 0; i < step.inputSlots.length; i++) {
        if (values[step.inputSlots[i]] instanceof OnnxTensorLike tensor) {
          given.put(step.inputs.get(i), tensor);
        }
      }
      // The result is not closed: that would close the tensors, which go on to the next segment.
      OrtSession.Result result =
          sessions[segment].run(given, step.requested, pinned.get(segment), options);
      for (int o = 0; o < step.requestedSlots.length; o++) {
        values[step.requestedSlots[o]] = result.get(step.requestedNames.get(o)).orElseThrow();
      }
      for (int slot : step.closedAfter) {
        drop(slot);
      }
    }

    /** Closes a tensor that ONNX Runtime made; room of our own is kept for the next run. */
    private void drop(int slot) {
      OnnxValue value = values[slot];
      if (value != null && !isRoom[slot]) {
        value.close();
        values[slot] = null;
      }
    }

    /** Returns the outputs of the run that has ended, which the caller closes. */
    OnnxValue[] takeOutputs() {
      OnnxValue[] outputs = new OnnxValue[model.outputs().size()];
      for (int o = 0; o < outputs.length; o++) {
        int slot = modelOutputs[o];
        OnnxValue value = values[slot];
        if (value == null) {
          throw new IllegalStateException(
              "The output '" + model.outputs().get(o) + "' was not made.");
        }
        outputs[o] = value;
        values[slot] = null;
      }
      forgetInputs();
      return outputs;
    }

    /** Closes what a run left behind that did not end. */
    void abandon() {
      for (int slot = 0; slot < values.length; slot++) {
        if (!isInput[slot]) {
          drop(slot);
        }
      }
      forgetInputs();
    }

    private void forgetInputs() {
      for (int slot : modelInputs) {
        values[slot] = null;
      }
    }

    @Override
    public void close() {
      abandon();
      OnnxValue.close(rooms);
      rooms.clear();
    }
  }
}
