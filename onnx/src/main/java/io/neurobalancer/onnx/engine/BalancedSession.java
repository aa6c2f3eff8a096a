package io.neurobalancer.onnx.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import io.neurobalancer.governor.GovernorLoop;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model that runs in segments, with a governor asked at each boundary. It stands where an {@code
 * OrtSession} stood: same inputs, same outputs, one line changed.
 *
 * <pre>{@code
 * try (BalancedSession session = BalancedSession.open(path, EngineOptions.defaults());
 *     SessionResult result = session.run(Map.of("image", image))) {
 *   OnnxTensor scores = (OnnxTensor) result.get(0);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> {@link #run(Map)} may be called from any number of threads. Under a governor
 * the jobs run one after the other, first come first served: a device has one clock, and a governor
 * follows one job. Without a governor they run at the same time. {@link #close} waits for the runs
 * that have begun and refuses those that come later. The methods of {@link Inference} ({@link
 * #run(int, int)}) and {@link #feed} and {@link #lastOutputs} belong to one thread at a time.
 *
 * <p><b>When control is lost</b>, because the board or the governor fails or {@link #loseControl}
 * is called, the job that is running goes on, and later ones run on the model in one piece,
 * ungoverned; {@link #controlLost} says why.
 *
 * <p><b>Telemetry.</b> The ONNX Runtime that this is built with, 1.28, has none. Release 1.29
 * writes a device id and a queue of events under the user's cache folder and looks up its
 * collector; no call of its Java API stops that. Whoever puts it on the class path should set
 * {@code ORT_DISABLE_TELEMETRY=1} in the environment of the process.
 */
public final class BalancedSession implements Inference {

  private final ModelFile file;
  private final EngineOptions engine;
  private final Path folder;
  private final SharedWeights weights;
  private final SegmentChain segments;
  private final Set<String> inputNames;
  private final Stream stream;
  private final ReentrantLock governed = new ReentrantLock(true);
  private final @Nullable GovernorLoop loop;
  private final long deadlineNanos;
  private final ConcurrentLinkedDeque<SegmentChain.Job> idle = new ConcurrentLinkedDeque<>();

  private volatile @Nullable String lost;
  private SegmentChain.@Nullable Job portJob;
  private Map<String, ? extends OnnxTensorLike> portFeeds = Map.of();
  private List<OnnxTensor> madeUp = List.of();
  private OnnxValue[] portOutputs = {};

  // Guarded by this.
  private @Nullable SegmentChain whole;
  private int running;
  private boolean closed;

  private BalancedSession(ModelFile file, EngineOptions engine, Path folder, CompiledModel model)
      throws OrtException {
    this.file = file;
    this.engine = engine;
    this.folder = folder;
    this.stream = model.stream();
    this.inputNames = new LinkedHashSet<>(model.inputs());
    this.weights = new SharedWeights(OrtRuntime.environment(engine), file);
    SegmentChain opened = null;
    try {
      opened = new SegmentChain(file, folder, model, engine, weights);
      EngineOptions.Governance governance = engine.governance().orElse(null);
      this.loop =
          governance == null
              ? null
              : new GovernorLoop(
                  governance.governor(), governance.board(), engine.clock().nanoTime());
      this.deadlineNanos = governance == null ? 0 : Math.round(governance.deadlineSeconds() * 1e9);
    } catch (OrtException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      weights.close();
      throw e;
    }
    this.segments = opened;
  }

  /**
   * Opens a model, cut as the options say. The first time that takes seconds: the model is
   * optimised, measured and cut. Afterwards it comes from the cache.
   *
   * @throws NeuroBalancerException if there is no such model, ONNX Runtime cannot run it, or the
   *     cache cannot be written
   */
  public static BalancedSession open(Path model, EngineOptions options) {
    ModelFile file = ModelFile.of(model);
    CacheKey key = CacheKey.of(file.hash(), options);
    SegmentCache cache = new SegmentCache(options.cacheFolder());
    Manifest manifest =
        cache
            .find(key)
            .orElseGet(
                () ->
                    cache.make(
                        key, folder -> new ModelCompiler(file, options).compile(key, folder)));
    try {
      return new BalancedSession(file, options, cache.folder(key), manifest.model());
    } catch (OrtException e) {
      throw OrtRuntime.explain(
          "ONNX Runtime cannot load the model '" + file.name() + "'",
          e,
          "Maybe check the model with the tool that exported it.");
    }
  }

  /**
   * Opens a model cut where a plan switches.
   *
   * @param plan made for this model on the grid of the board that the options name, if any
   * @param workloadHash the {@code hash} of the workload that the plan was made for
   * @throws NeuroBalancerException if the model is not the one that was planned, or the grid is
   *     another one
   */
  public static BalancedSession open(
      Path model, Plan plan, String workloadHash, EngineOptions options) {
    options
        .governance()
        .ifPresent(
            governance -> {
              if (!governance.board().grid().sameClocks(plan.grid())) {
                throw NeuroBalancerException.invalid(
                    "The plan is for another device: it has %d settings of %s, the board %d of %s.%nMaybe plan again for this device."
                        .formatted(
                            plan.grid().size(),
                            plan.grid().domains().stream().map(d -> d.name()).toList(),
                            governance.board().grid().size(),
                            governance.board().grid().domains().stream()
                                .map(d -> d.name())
                                .toList()));
              }
            });
    BalancedSession session = open(model, options.withCutting(Cutting.of(plan)));
    try {
      session.checkPlanned(plan, workloadHash);
      return session;
    } catch (NeuroBalancerException e) {
      session.close();
      throw e;
    }
  }

  private void checkPlanned(Plan plan, String workloadHash) {
    if (!stream.workload().hash().equals(workloadHash)) {
      throw NeuroBalancerException.invalid(
          "The model '%s' has changed since it was planned (%s now, %s then), or has other input shapes.%nMaybe profile and plan it again."
              .formatted(file.name(), brief(stream.workload().hash()), brief(workloadHash)));
    }
    if (plan.operators() != stream.workload().size()) {
      throw NeuroBalancerException.invalid(
          "The plan has %d operators, the model '%s' %d.%nMaybe plan it again."
              .formatted(plan.operators(), file.name(), stream.workload().size()));
    }
    for (int i = 1; i < plan.operators(); i++) {
      if (plan.setting(i) != plan.setting(i - 1) && !stream.segmentStarts().contains(i)) {
        throw NeuroBalancerException.invalid(
            "The plan switches before operator %d ('%s') of '%s', where the model cannot be cut.%nMaybe plan again with the cuts that the session allows."
                .formatted(i, stream.workload().operators().get(i).name(), file.name()));
      }
    }
  }

  private static String brief(String hash) {
    return hash.substring(0, Math.min(12, hash.length()));
  }

  /** Returns the names of the inputs, in the model's order. */
  public Set<String> getInputNames() {
    return java.util.Collections.unmodifiableSet(inputNames);
  }

  /** Returns the names of the outputs, in the model's order. */
  public Set<String> getOutputNames() {
    return new LinkedHashSet<>(segments.model().outputs());
  }

  /** Returns types and shapes of the inputs. */
  public Map<String, NodeInfo> getInputInfo() throws OrtException {
    return segments.inputInfo();
  }

  /** Returns types and shapes of the outputs. */
  public Map<String, NodeInfo> getOutputInfo() throws OrtException {
    return segments.outputInfo();
  }

  /** Returns where the model may be cut and what that costs: what a planner may choose from. */
  public List<Cut> cuts() {
    return segments.model().cuts();
  }

  /** Returns why the model runs in one piece although cuts were wanted; mostly empty. */
  public String note() {
    return segments.model().note();
  }

  /** Returns why nobody governs any more, if that is so. */
  public Optional<String> controlLost() {
    return Optional.ofNullable(lost);
  }

  /** Ends governing: someone else has taken the clocks, or they do not follow. */
  public void loseControl(String why) {
    if (lost == null) {
      lost = why;
    }
  }

  /**
   * Runs the model once.
   *
   * @param inputs one tensor per input; they stay the caller's
   * @return the outputs, which the caller closes
   * @throws NeuroBalancerException if inputs are missing or do not fit
   * @throws IllegalStateException if the session is closed
   */
  public SessionResult run(Map<String, ? extends OnnxTensorLike> inputs) {
    enter();
    try {
      checkNames(inputs);
      if (loop == null) {
        return ungoverned(segments, idle.pollFirst(), inputs);
      }
      governed.lock();
      try {
        return lost == null ? governed(loop, inputs) : ungoverned(whole(), null, inputs);
      } finally {
        governed.unlock();
      }
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      leave();
    }
  }

  private SessionResult governed(GovernorLoop control, Map<String, ? extends OnnxTensorLike> inputs)
      throws OrtException {
    SegmentChain.Job job = job(idle.pollFirst());
    try {
      job.begin(inputs);
      long released = engine.clock().nanoTime();
      tell(control, TOLD_RELEASE, released);
      for (int s = 0; s < stream.segments(); s++) {
        tell(control, s, engine.clock().nanoTime());
        job.run(s);
      }
      tell(control, TOLD_END, engine.clock().nanoTime());
      return new SessionResult(segments.model().outputs(), job.takeOutputs());
    } finally {
      job.abandon();
      idle.addFirst(job);
    }
  }

  private static final int TOLD_RELEASE = -1;
  private static final int TOLD_END = -2;

  /** Tells the governor, whose failure must not cost the caller the result. */
  private void tell(GovernorLoop control, int what, long now) {
    if (lost != null) {
      return;
    }
    try {
      control.doWork(now);
      if (what == TOLD_RELEASE) {
        control.released(0, now, now + deadlineNanos);
      } else if (what == TOLD_END) {
        control.finished(0, now);
      } else {
        control.segmentStarting(0, what, now);
      }
    } catch (RuntimeException e) {
      loseControl(String.valueOf(e.getMessage()));
    }
  }

  private SessionResult ungoverned(
      SegmentChain chain, SegmentChain.@Nullable Job kept, Map<String, ? extends OnnxTensorLike> in)
      throws OrtException {
    SegmentChain.Job job = chain == segments ? job(kept) : chain.newJob();
    try {
      job.begin(in);
      for (int s = 0; s < chain.model().segments().size(); s++) {
        job.run(s);
      }
      return new SessionResult(chain.model().outputs(), job.takeOutputs());
    } finally {
      job.abandon();
      if (chain == segments) {
        idle.addFirst(job);
      } else {
        job.close();
      }
    }
  }

  private SegmentChain.Job job(SegmentChain.@Nullable Job kept) throws OrtException {
    return kept == null ? segments.newJob() : kept;
  }

  /** Returns the model in one piece, opened when it is first needed. */
  private synchronized SegmentChain whole() throws OrtException {
    if (whole == null) {
      CompiledModel model = segments.model();
      whole =
          model.isWhole()
              ? segments
              : new SegmentChain(
                  file,
                  folder,
                  CompiledModel.whole(
                      model.workload(), model.cuts(), model.inputs(), model.outputs(), ""),
                  engine,
                  weights);
    }
    return whole;
  }

  private void checkNames(Map<String, ? extends OnnxTensorLike> inputs) {
    for (String name : inputNames) {
      OnnxTensorLike input = inputs.get(name);
      if (input != null && input.isClosed()) {
        // ONNX Runtime would read freed memory.
        throw NeuroBalancerException.invalid(
            "The input '%s' of the model '%s' is closed.%nMaybe close it after the run."
                .formatted(name, file.name()));
      }
      if (input == null) {
        throw NeuroBalancerException.invalid(
            "The input '%s' of the model '%s' is missing.%nMaybe give one tensor for each of %s."
                .formatted(name, file.name(), inputNames));
      }
    }
    if (inputs.size() > inputNames.size()) {
      String unknown =
          inputs.keySet().stream()
              .filter(name -> !inputNames.contains(name))
              .collect(Collectors.joining("', '"));
      throw NeuroBalancerException.invalid(
          "The model '%s' has no input '%s'.%nMaybe give one tensor for each of %s."
              .formatted(file.name(), unknown, inputNames));
    }
  }

  private NeuroBalancerException failed(OrtException e) {
    String shapes = "";
    try {
      shapes =
          getInputInfo().values().stream()
              .map(info -> info.getName() + " " + info.getInfo())
              .collect(Collectors.joining(", "));
    } catch (OrtException ignored) {
      // The message does without them.
    }
    return OrtRuntime.explain(
        "The model '" + file.name() + "' could not be run",
        e,
        "Maybe check the inputs"
            + (engine.shapes().isEmpty() ? "" : ", whose shapes were fixed when it was opened")
            + (shapes.isEmpty() ? "." : ": it takes " + shapes + "."));
  }

  private synchronized void enter() {
    if (closed) {
      throw new IllegalStateException("The session of '" + file.name() + "' is closed.");
    }
    running++;
  }

  private synchronized void leave() {
    running--;
    notifyAll();
  }

  // The port of core.target.

  @Override
  public List<Stream> streams() {
    return List.of(stream);
  }

  /**
   * Sets the inputs of the jobs that {@link #run(int, int)} runs, which stay the caller's. Without
   * it numbers are made up.
   */
  public void feed(Map<String, ? extends OnnxTensorLike> inputs) {
    checkNames(inputs);
    portFeeds = Map.copyOf(inputs);
  }

  /** Returns the outputs of the last whole job of {@link #run(int, int)}; closed with the next. */
  public List<OnnxValue> lastOutputs() {
    return List.of(portOutputs);
  }

  @Override
  public void run(int streamIndex, int segment) {
    enter();
    try {
      SegmentChain.Job job = portJob;
      if (job == null) {
        job = segments.newJob();
        portJob = job;
      }
      if (segment == 0) {
        OnnxValue.close(List.of(portOutputs));
        portOutputs = new OnnxValue[0];
        job.abandon();
        job.begin(portInputs());
      }
      job.run(segment);
      if (segment == stream.segments() - 1) {
        portOutputs = job.takeOutputs();
      }
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      leave();
    }
  }

  private Map<String, ? extends OnnxTensorLike> portInputs() throws OrtException {
    if (portFeeds.isEmpty() && !inputNames.isEmpty()) {
      Map<String, OnnxTensor> feeds =
          Feeds.of(OrtRuntime.environment(engine), getInputInfo(), engine.shapes());
      madeUp = List.copyOf(feeds.values());
      portFeeds = feeds;
    }
    return portFeeds;
  }

  /**
   * Closes the session after the runs that have begun. The board stays the caller's. Idempotent.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      boolean interrupted = false;
      while (running > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    OnnxValue.close(List.of(portOutputs));
    OnnxValue.close(madeUp);
    if (portJob != null) {
      portJob.close();
    }
    idle.forEach(SegmentChain.Job::close);
    segments.close();
    if (whole != null && whole != segments) {
      whole.close();
    }
    weights.close();
  }
}
