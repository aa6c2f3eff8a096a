package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.ModelFacts;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What every output must say about a model, and the full account of one. */
public final class ModelStatements {

  private static final int NAMED = 5;

  private ModelStatements() {}

  /**
   * Returns what a reader of a plan must know: operators without a formula and their share, what
   * was assumed, what stands for a body. Empty for most models.
   *
   * @param seconds the predicted latency of each operator; empty where none is known
   */
  public static List<String> lines(Workload workload, List<Double> seconds) {
    List<String> lines = new ArrayList<>();
    unknown(workload, seconds, lines);
    workload.facts().assumptions().forEach(text -> lines.add("Assumed: " + text + "."));
    for (ModelFacts.ControlFlow flow : workload.facts().controlFlow()) {
      lines.add(
          "%s '%s' is planned as one operator: %s."
              .formatted(
                  flow.type(),
                  flow.operator(),
                  flow.bodies().stream()
                      .map(ModelStatements::body)
                      .collect(Collectors.joining("; "))));
    }
    return lines;
  }

  private static void unknown(Workload workload, List<Double> seconds, List<String> lines) {
    List<Operator> unknown = workload.unknownOperators();
    if (unknown.isEmpty()) {
      return;
    }
    long bytes = unknown.stream().mapToLong(Operator::bytes).sum();
    StringBuilder share =
        new StringBuilder(percent((double) bytes / Math.max(1, workload.bytes())))
            .append(" of the bytes");
    if (seconds.size() == workload.size()) {
      double all = seconds.stream().mapToDouble(Double::doubleValue).sum();
      double theirs = 0;
      for (int i = 0; i < seconds.size(); i++) {
        theirs += workload.operators().get(i).kind() == OperatorKind.UNKNOWN ? seconds.get(i) : 0;
      }
      share.append(", ").append(percent(all > 0 ? theirs / all : 0)).append(" of the time");
    }
    String types =
        unknown.stream()
            .map(Operator::type)
            .distinct()
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    lines.add(
        "%d of %d operators have no FLOP formula (%s; %s): they are counted by their bytes only."
            .formatted(unknown.size(), workload.size(), types, share));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String body(ModelFacts.Body body) {
    return body.executions() == 0
        ? "%s (%d operators) did not run".formatted(body.name(), body.operators())
        : String.format(
            Locale.ROOT,
            "%s (%d operators) ran %s, %.3f MFLOPs",
            body.name(),
            body.operators(),
            body.executions() == 1 ? "once" : body.executions() + " times",
            body.flops() / 1e6);
  }

  /** What all operators of one kind come to. */
  public record KindSum(
      String kind, long operators, long flops, long weightBytes, long activationBytes) {}

  /** Returns the sums by kind, most FLOPs first. */
  public static List<KindSum> byKind(Workload workload) {
    Map<OperatorKind, long[]> sums = new EnumMap<>(OperatorKind.class);
    for (Operator operator : workload.operators()) {
      long[] sum = sums.computeIfAbsent(operator.kind(), kind -> new long[4]);
      sum[0]++;
      sum[1] += operator.flops();
      sum[2] += operator.weightBytes();
      sum[3] += operator.inputBytes() + operator.outputBytes();
    }
    return sums.entrySet().stream()
        .map(
            entry ->
                new KindSum(
                    entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    entry.getValue()[0],
                    entry.getValue()[1],
                    entry.getValue()[2],
                    entry.getValue()[3]))
        .sorted(
            (a, b) ->
                a.flops() != b.flops()
                    ? Long.compare(b.flops(), a.flops())
                    : Long.compare(b.activationBytes(), a.activationBytes()))
        .toList();
  }

  /** Returns how many operators compute in which type, most first. */
  public static Map<String, Long> byPrecision(Workload workload) {
    Map<DataType, Long> counts =
        workload.operators().stream()
            .filter(operator -> operator.kind() != OperatorKind.SHAPE)
            .collect(
                Collectors.groupingBy(
                    Operator::dataType,
                    () -> new EnumMap<>(DataType.class),
                    Collectors.counting()));
    Map<String, Long> names = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<DataType, Long>comparingByValue().reversed())
        .forEach(e -> names.put(e.getKey().name().toLowerCase(Locale.ROOT), e.getValue()));
    return names;
  }

  /** Returns the account of a model as a table and sentences, for a terminal. */
  public static String account(Workload workload) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d operators, %.6f GFLOPs, %.3f MB of weights, %.3f MB moved, %.2f FLOPs/byte%n%n",
            workload.name(),
            workload.size(),
            workload.flops() / 1e9,
            workload.weightBytes() / 1e6,
            workload.bytes() / 1e6,
            workload.arithmeticIntensity()));
    text.append(
        String.format(
            Locale.ROOT,
            "%-24s %9s %14s %13s %13s%n",
            "kind",
            "operators",
            "MFLOPs",
            "weights kB",
            "activ. kB"));
    for (KindSum sum : byKind(workload)) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-24s %9d %14.6f %13.3f %13.3f%n",
              sum.kind(),
              sum.operators(),
              sum.flops() / 1e6,
              sum.weightBytes() / 1e3,
              sum.activationBytes() / 1e3));
    }
    text.append(
        byPrecision(workload).entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", ", System.lineSeparator() + "precision: ", "")));
    text.append(System.lineSeparator());
    for (String line : lines(workload, List.of())) {
      text.append(line).append(System.lineSeparator());
    }
    return text.toString();
  }
}
