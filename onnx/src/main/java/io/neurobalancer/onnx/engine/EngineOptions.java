package io.neurobalancer.onnx.engine;

import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.SystemClock;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model is cut and run. Each {@code with} method returns a copy.
 *
 * @param cutting where the model is cut
 * @param threads of ONNX Runtime within an operator, the calling one included. With more than one,
 *     the first session of the process makes a pool for all of them, and a session that wants
 *     another number makes its own
 * @param spinning whether idle threads of the pool burn power to be back sooner; not between paced
 *     segments
 * @param affinity the processors of all threads but the calling one, as ONNX Runtime writes them,
 *     such as {@code 3;4}; empty leaves it to the system. It needs threads of the session's own
 * @param shapes extents of inputs that the model leaves open; what is left open stays open
 * @param cacheFolder where cut models are kept
 * @param providers execution providers, tried in order
 * @param governance who decides on clocks, if anyone
 * @param clock the time that the governor is told
 */
public record EngineOptions(
    Cutting cutting,
    int threads,
    boolean spinning,
    String affinity,
    Map<String, List<Long>> shapes,
    Path cacheFolder,
    ProviderSetup providers,
    Optional<Governance> governance,
    RunClock clock) {

  /**
   * A governor on a board.
   *
   * @param governor told of every job, segment by segment
   * @param board what it may touch; it stays the caller's, who closes it after the session
   * @param deadlineSeconds of each job, after {@code run} is called
   */
  public record Governance(Governor.Factory governor, DrivenBoard board, double deadlineSeconds) {
    public Governance {
      if (!(deadlineSeconds > 0) || Double.isInfinite(deadlineSeconds)) {
        throw new IllegalArgumentException(
            "The deadline (%s s) must be positive and finite.".formatted(deadlineSeconds));
      }
    }
  }

  public EngineOptions {
    shapes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
    if (threads < 1) {
      throw new IllegalArgumentException(
          "The number of threads (%d) must be positive.".formatted(threads));
    }
  }

  /** Returns options of up to eight segments on all processors, ungoverned. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        new Cutting.AtMost(8),
        Runtime.getRuntime().availableProcessors(),
        false,
        "",
        Map.of(),
        SegmentCache.defaultFolder(System.getenv(), System.getProperty("user.home", ".")),
        ProviderSetup.CPU,
        Optional.empty(),
        SystemClock.INSTANCE);
  }

  /** Cuts the model elsewhere. */
  public EngineOptions withCutting(Cutting value) {
    return new EngineOptions(
        value, threads, spinning, affinity, shapes, cacheFolder, providers, governance, clock);
  }

  /** Uses that many threads. */
  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        cutting, value, spinning, affinity, shapes, cacheFolder, providers, governance, clock);
  }

  /** Lets idle threads spin, or not. */
  public EngineOptions withSpinning(boolean value) {
    return new EngineOptions(
        cutting, threads, value, affinity, shapes, cacheFolder, providers, governance, clock);
  }

  /** Ties the threads of the session to processors. */
  public EngineOptions withAffinity(String value) {
    return new EngineOptions(
        cutting, threads, spinning, value, shapes, cacheFolder, providers, governance, clock);
  }

  /** Fixes the shape of an input. */
  public EngineOptions withShape(String input, Long... extents) {
    Map<String, List<Long>> more = new LinkedHashMap<>(shapes);
    more.put(input, List.of(extents));
    return withShapes(more);
  }

  /** Fixes the shapes of inputs. */
  public EngineOptions withShapes(Map<String, List<Long>> value) {
    return new EngineOptions(
        cutting, threads, spinning, affinity, value, cacheFolder, providers, governance, clock);
  }

  /** Keeps cut models elsewhere. */
  public EngineOptions withCacheFolder(Path value) {
    return new EngineOptions(
        cutting, threads, spinning, affinity, shapes, value, providers, governance, clock);
  }

  /** Uses execution providers. */
  public EngineOptions withProviders(ProviderSetup value) {
    return new EngineOptions(
        cutting, threads, spinning, affinity, shapes, cacheFolder, value, governance, clock);
  }

  /** Puts a governor in charge of a board's clocks. */
  public EngineOptions governed(Governor.Factory governor, DrivenBoard board, double deadline) {
    return new EngineOptions(
        cutting,
        threads,
        spinning,
        affinity,
        shapes,
        cacheFolder,
        providers,
        Optional.of(new Governance(governor, board, deadline)),
        clock);
  }

  /** Takes the time from elsewhere. */
  public EngineOptions withClock(RunClock value) {
    return new EngineOptions(
        cutting, threads, spinning, affinity, shapes, cacheFolder, providers, governance, value);
  }
}
