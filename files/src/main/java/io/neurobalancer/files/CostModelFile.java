package io.neurobalancer.files;

import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.LatencyForm;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Cost models as files of the schema {@code neurobalancer/predictor/2}: what operators cost at
 * every setting, the calibration, how well the fit does, and where all of it comes from.
 */
public final class CostModelFile {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/predictor/2";

  private static final String ADVICE = "make it again with 'neurobalancer fit'";
  private static final JsonFormat<Document> FORMAT =
      new JsonFormat<>(Document.class, SCHEMA, "cost model", ADVICE, 512L << 20);

  private CostModelFile() {}

  /**
   * A cost model as it stands in a file. The settings of the tables are numbered as in {@link
   * SettingGrid}: the first domain varies slowest.
   */
  record Document(
      Provenance provenance,
      Quality quality,
      List<Parts.Domain> domains,
      Parts.CalibrationPart calibration,
      List<OperatorCosts> operators) {}

  record OperatorCosts(
      String name, Readings latencySeconds, Readings energyJoules, Readings spreadSeconds) {}

  record Quality(
      FitReport.Basis basis,
      List<List<Long>> measuredHertz,
      int runs,
      OptionalDouble operatorLatencyError,
      OptionalDouble operatorEnergyError,
      OptionalDouble totalLatencyError,
      OptionalDouble meanBaselineLatencyError,
      OptionalDouble meanBaselineEnergyError,
      Map<LatencyForm, Double> errorByForm,
      List<Double> makespanRatios,
      List<String> notes) {}

  /** Returns the JSON text; the same model gives the same bytes. */
  public static String write(CostModel model) {
    CostTable costs = model.costs();
    SettingGrid grid = costs.grid();
    FitReport report = model.quality();
    List<OperatorCosts> operators = new ArrayList<>();
    for (int i = 0; i < costs.operators(); i++) {
      int operator = i;
      operators.add(
          new OperatorCosts(
              costs.operatorNames().get(i),
              Readings.of(costs.settings(), x -> costs.latencySeconds(operator, x)),
              Readings.of(costs.settings(), x -> costs.energyJoules(operator, x)),
              Readings.of(costs.settings(), x -> costs.spreadSeconds(operator, x))));
    }
    // An enum map, so that the forms come in their own order.
    Map<LatencyForm, Double> errorByForm = new EnumMap<>(LatencyForm.class);
    errorByForm.putAll(report.errorByForm());
    return FORMAT.write(
        new Document(
            model.provenance(),
            new Quality(
                report.basis(),
                report.measuredSettings().stream().map(x -> Parts.hertz(grid, x)).toList(),
                report.runs(),
                known(report.operatorLatencyError()),
                known(report.operatorEnergyError()),
                known(report.totalLatencyError()),
                known(report.meanBaselineLatencyError()),
                known(report.meanBaselineEnergyError()),
                errorByForm,
                report.makespanRatios(),
                report.notes()),
            Parts.domains(grid),
            Parts.CalibrationPart.of(model.calibration()),
            operators));
  }

  private static OptionalDouble known(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  /**
   * Reads a cost model.
   *
   * @throws NeuroBalancerException if the file is missing, cut off or no cost model; the message
   *     names file and field
   */
  public static CostModel read(Path file) {
    Document document = FORMAT.read(file);
    try {
      return model(document);
    } catch (FieldException e) {
      throw FORMAT.wrong(file.toString(), e);
    }
  }

  private static CostModel model(Document document) {
    SettingGrid grid = Parts.grid(document.domains());
    int settings = grid.size();
    int n = Check.filled("operators", document.operators()).size();
    double[] seconds = new double[Math.multiplyExact(n, settings)];
    double[] joules = new double[seconds.length];
    double[] spread = new double[seconds.length];
    List<String> names = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      OperatorCosts operator = document.operators().get(i);
      names.add(Check.text("operators[%d].name".formatted(i), operator.name()));
      String at = "operators[%d].".formatted(i);
      copy(at + "latencySeconds", operator.latencySeconds(), seconds, i, settings);
      copy(at + "energyJoules", operator.energyJoules(), joules, i, settings);
      copy(at + "spreadSeconds", operator.spreadSeconds(), spread, i, settings);
    }
    CostTable costs;
    try {
      costs = new CostTable(grid, names, seconds, joules, spread);
    } catch (IllegalArgumentException e) {
      throw new FieldException("operators", "cannot be: " + JsonProblem.firstLine(e.getMessage()));
    }
    return new CostModel(
        costs,
        document.calibration().calibration("calibration", grid),
        report(document.quality(), grid),
        document.provenance());
  }

  private static void copy(String field, Readings row, double[] table, int i, int settings) {
    Parts.sizes(field, row.size(), settings, "setting");
    System.arraycopy(row.toArray(), 0, table, i * settings, settings);
  }

  private static FitReport report(Quality quality, SettingGrid grid) {
    List<Integer> measured = new ArrayList<>();
    for (int s = 0; s < quality.measuredHertz().size(); s++) {
      measured.add(
          Parts.setting(
              "quality.measuredHertz[%d]".formatted(s), grid, quality.measuredHertz().get(s)));
    }
    return new FitReport(
        quality.basis(),
        measured,
        quality.runs(),
        quality.operatorLatencyError().orElse(Double.NaN),
        quality.operatorEnergyError().orElse(Double.NaN),
        quality.totalLatencyError().orElse(Double.NaN),
        quality.meanBaselineLatencyError().orElse(Double.NaN),
        quality.meanBaselineEnergyError().orElse(Double.NaN),
        quality.errorByForm(),
        quality.makespanRatios(),
        quality.notes());
  }
}
