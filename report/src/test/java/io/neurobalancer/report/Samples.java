package io.neurobalancer.report;

import io.neurobalancer.files.FrontierDocument;
import io.neurobalancer.files.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Reports for tests. */
final class Samples {

  private Samples() {}

  static ComparisonReport comparison() {
    List<ComparisonReport.GovernorResult> governors = new ArrayList<>();
    governors.add(result("neurobalancer-static", 0.020, OptionalDouble.of(1.0 / 3)));
    governors.add(result("stock", 0.030, OptionalDouble.of(0)));
    governors.add(result("odd <name> & \"more\"", 0.031, OptionalDouble.empty()));
    return new ComparisonReport(
        "neurobalancer compare --model 'a b.onnx'",
        "1.2.3",
        7,
        new ComparisonReport.Device(
            "sim:test", "Test device", "d".repeat(64), true, List.of("cpu", "memory"), 2),
        new ComparisonReport.Model("tiny", "m".repeat(64), 3, 1_000_000, 4_000, 1),
        0.05,
        0.06,
        0.02,
        100,
        "nominal",
        0.048,
        0.047,
        new ComparisonReport.Fit(12, 170, 240, 0.01, 0.002, 0.02, 0.5),
        new ComparisonReport.PlanSummary(
            "lagrangian",
            0.0201,
            0.02,
            0.005,
            0.046,
            0.047,
            2,
            List.of(
                new ComparisonReport.SegmentRow(
                    "conv", "relu", 3, List.of("1000MHz", "200MHz"), 0.046, 0.018)),
            List.of(
                new ComparisonReport.OperatorRow(
                    "conv<1>",
                    "convolution",
                    List.of("1000MHz", "200MHz"),
                    "compute",
                    0.046,
                    0.018,
                    0.001))),
        0.0195,
        governors,
        List.of(
            new ComparisonReport.FrontierPoint(0.02, 0.5, 0.03, 0.029),
            new ComparisonReport.FrontierPoint(0.03, 0.4, 0.024, 0.0239),
            new ComparisonReport.FrontierPoint(0.05, 0.3, 0.02, 0.0199)),
        List.of(
            new ComparisonReport.Timeline(
                "neurobalancer-static",
                0.047,
                List.of(
                    new ComparisonReport.Step(0, List.of(500.0, 200.0)),
                    new ComparisonReport.Step(0.01, List.of(1_000.0, 200.0))),
                List.of(new ComparisonReport.Ran("conv", "convolution", 0, 0.047)))),
        List.of("Simulated: no phone was involved."));
  }

  private static ComparisonReport.GovernorResult result(
      String name, double joules, OptionalDouble saving) {
    return new ComparisonReport.GovernorResult(
        name,
        "a note",
        joules,
        saving,
        OptionalDouble.empty(),
        0.02,
        0.003,
        2,
        saving,
        OptionalDouble.empty(),
        Map.of("cores", 0.75 * joules, "idle", 0.25 * joules),
        List.of(
            new ComparisonReport.Share(0.01, 0.030),
            new ComparisonReport.Share(0.5, 0.047),
            new ComparisonReport.Share(1, 0.052)));
  }

  static FrontierDocument frontier() {
    return new FrontierDocument(
        "neurobalancer frontier",
        "1.2.3",
        7,
        new Subject("sim:test", "d".repeat(64)),
        new Subject("tiny", "m".repeat(64)),
        0.05,
        0.02,
        0.04,
        0.035,
        0.033,
        0.03,
        List.of(
            new FrontierDocument.Point(0.02, 0.1, 0.1, 0.02, 0, 4),
            new FrontierDocument.Point(0.03, 0.06, 0.0594, 0.0299, 2, 1),
            new FrontierDocument.Point(0.04, 0.05, 0.05, 0.04, 2, 0)));
  }
}
