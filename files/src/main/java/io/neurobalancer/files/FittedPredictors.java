package io.neurobalancer.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.cost.EnergyForm;
import io.neurobalancer.cost.EnergyModel;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.LatencyForm;
import io.neurobalancer.cost.LatencyModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.OperatorFit;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Fits cost profiles and keeps predictors as JSON of the schema {@code neurobalancer/predictor/1}.
 */
public final class FittedPredictors {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/predictor/1";

  private static final double[] SHARES = {0.5, 0.9, 0.95, 0.99, 0.999};
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private FittedPredictors() {}

  /**
   * Fits the profile in a file.
   *
   * @param version of NeuroBalancer, for the provenance
   * @throws ProfileException if the file is no finished profile, or too little was measured to tell
   *     the clocks apart; the message says what to measure
   */
  public static FittedPredictor fit(String version, Path file) {
    CostProfile profile = CostProfiles.read(file);
    MeasuredPredictor fitted;
    try {
      fitted = MeasuredPredictor.fit(profile.profile());
    } catch (IllegalArgumentException | NeuroBalancerException e) {
      throw new ProfileException("%s: %s".formatted(file, e.getMessage()), e);
    }
    FitReport report = fitted.report();
    List<FittedPredictor.FittedOperator> operators = new ArrayList<>();
    for (int i = 0; i < profile.operators().size(); i++) {
      OperatorFit fit = fitted.fits().get(i);
      operators.add(
          new FittedPredictor.FittedOperator(
              profile.operators().get(i).name(),
              JsonFields.lower(profile.operators().get(i).kind()),
              fit.latency(),
              fit.energy().orElseThrow(),
              fitted.relativeSpreads().get(i)));
    }
    return new FittedPredictor(
        new FittedPredictor.Provenance(
            version,
            profile.origin(),
            String.valueOf(file.getFileName()),
            sha256(file),
            report.runs(),
            (int) profile.excluded(),
            report.operatorLatencyError(),
            report.operatorEnergyError(),
            report.totalLatencyError(),
            report.meanBaselineLatencyError(),
            report.meanBaselineEnergyError()),
        profile.grid(),
        operators,
        Arrays.stream(profile.profile().measuredSettings()).boxed().toList(),
        // A quantile beyond the largest score seen is not known, so it is not given.
        DoubleStream.of(SHARES)
            .filter(report::seen)
            .mapToObj(s -> new FittedPredictor.Quantile(s, report.makespanFactor(s)))
            .toList());
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ProfileException("The profile '%s' cannot be read.".formatted(file), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the JSON text; the same predictor gives the same bytes. */
  public static String write(FittedPredictor predictor) {
    FittedPredictor.Provenance from = predictor.provenance();
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("version", from.version());
    ObjectNode profile = root.putObject("profile");
    profile.put("file", from.profileFile()).put("hash", from.profileHash());
    profile.put("version", from.profile().version());
    profile
        .putObject("device")
        .put("name", from.profile().deviceName())
        .put("hash", from.profile().deviceHash());
    profile
        .putObject("model")
        .put("name", from.profile().modelName())
        .put("hash", from.profile().modelHash());
    profile.put("conditions", from.profile().conditions());
    profile.put("budget", from.profile().budget()).put("mostRepeats", from.profile().mostRepeats());
    profile.put("runs", from.runs()).put("excludedRuns", from.excludedRuns());
    ObjectNode held = root.putObject("heldOutErrors");
    held.put("operatorLatency", from.latencyError()).put("operatorEnergy", from.energyError());
    held.put("totalLatency", from.totalLatencyError());
    held.put("meanBaselineLatency", from.dumbLatencyError());
    held.put("meanBaselineEnergy", from.dumbEnergyError());
    root.set("domains", Fields.domains(MAPPER, predictor.grid()));
    ArrayNode measured = root.putArray("measuredHertz");
    for (int setting : predictor.measured()) {
      ArrayNode clocks = measured.addArray();
      for (int d = 0; d < predictor.grid().dimensions(); d++) {
        clocks.add(predictor.grid().frequency(setting, d).hertz());
      }
    }
    ArrayNode quantiles = root.putArray("makespanQuantiles");
    predictor
        .quantiles()
        .forEach(q -> quantiles.addObject().put("share", q.share()).put("factor", q.factor()));
    ArrayNode operators = root.putArray("operators");
    predictor.operators().forEach(operator -> write(operators.addObject(), operator));
    return root.toPrettyString() + "\n";
  }

  private static void write(ObjectNode node, FittedPredictor.FittedOperator operator) {
    node.put("name", operator.name()).put("kind", operator.kind());
    LatencyModel latency = operator.latency();
    ObjectNode time = node.putObject("latency").put("form", JsonFields.lower(latency.form()));
    if (!Double.isInfinite(latency.exponent())) {
      time.put("exponent", latency.exponent());
    }
    doubles(time.putArray("cycles"), latency.cyclesPerDomain());
    time.put("constantSeconds", latency.constantSeconds());
    latency
        .steps()
        .ifPresent(
            steps -> {
              ObjectNode perOpp = time.putObject("perOpp").put("domain", steps.domain());
              doubles(perOpp.putArray("hertz"), steps.hertz());
              doubles(perOpp.putArray("cycles"), steps.cycles());
            });
    EnergyModel energy = operator.energy();
    ObjectNode joules = node.putObject("energy").put("form", JsonFields.lower(energy.form()));
    doubles(joules.putArray("knotHertz"), energy.knotHertz());
    doubles(joules.putArray("coefficients"), Arrays.stream(energy.coefficients()).boxed().toList());
    node.put("relativeSpread", operator.relativeSpread());
  }

  private static void doubles(ArrayNode array, List<Double> values) {
    values.forEach(array::add);
  }

  /**
   * Reads a predictor.
   *
   * @throws ProfileException if it is missing, cut off or no predictor; the message names file and
   *     field
   */
  public static FittedPredictor read(Path file) {
    try {
      JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
      return read(
          new JsonFields(file.toString(), "", "make it again with 'neurobalancer fit'", root));
    } catch (JsonProcessingException e) {
      throw new ProfileException(
          "%s: this is no valid JSON (line %d, column %d).%nMaybe it is cut off; make it again with 'neurobalancer fit'."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new ProfileException(
          "The predictor '%s' cannot be read.%nMaybe make one with 'neurobalancer fit'."
              .formatted(file),
          e);
    }
  }

  private static FittedPredictor read(JsonFields top) {
    String schema = top.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw top.error("schema", "('%s') must be '%s'".formatted(schema, SCHEMA));
    }
    JsonFields profile = top.object("profile");
    JsonFields device = profile.object("device");
    JsonFields model = profile.object("model");
    JsonFields held = top.object("heldOutErrors");
    SettingGrid grid = Fields.domains(top);
    List<Integer> measured = new ArrayList<>();
    for (List<Double> clocks : top.numberLists("measuredHertz")) {
      measured.add(Fields.setting(top, "measuredHertz", clocks, grid));
    }
    List<FittedPredictor.FittedOperator> operators = new ArrayList<>();
    for (JsonFields reader : top.objects("operators")) {
      operators.add(operator(reader, grid));
    }
    return new FittedPredictor(
        new FittedPredictor.Provenance(
            top.text("version"),
            new CostProfile.Origin(
                profile.text("version"),
                device.text("name"),
                device.text("hash"),
                model.text("name"),
                model.text("hash"),
                profile.text("conditions"),
                (int) profile.whole("budget"),
                (int) profile.whole("mostRepeats")),
            profile.text("file"),
            profile.text("hash"),
            (int) profile.whole("runs"),
            (int) profile.whole("excludedRuns"),
            held.notNegative("operatorLatency"),
            held.notNegative("operatorEnergy"),
            held.notNegative("totalLatency"),
            held.notNegative("meanBaselineLatency"),
            held.notNegative("meanBaselineEnergy")),
        grid,
        operators,
        measured,
        top.objects("makespanQuantiles").stream()
            .map(q -> new FittedPredictor.Quantile(q.notNegative("share"), q.notNegative("factor")))
            .toList());
  }

  private static FittedPredictor.FittedOperator operator(JsonFields reader, SettingGrid grid) {
    JsonFields time = reader.object("latency");
    JsonFields joules = reader.object("energy");
    List<Double> cycles = time.numbers("cycles");
    if (cycles.size() != grid.dimensions()) {
      throw time.error("cycles", "must have one value per domain");
    }
    try {
      Optional<LatencyModel.Steps> steps = Optional.empty();
      if (time.has("perOpp")) {
        JsonFields perOpp = time.object("perOpp");
        steps =
            Optional.of(
                new LatencyModel.Steps(
                    Math.min((int) perOpp.whole("domain"), grid.dimensions() - 1),
                    perOpp.numbers("hertz"),
                    perOpp.numbers("cycles")));
      }
      return new FittedPredictor.FittedOperator(
          reader.text("name"),
          reader.text("kind"),
          new LatencyModel(
              time.choice("form", LatencyForm.class),
              time.has("exponent") ? time.notNegative("exponent") : Double.POSITIVE_INFINITY,
              cycles.stream().mapToDouble(Double::doubleValue).toArray(),
              time.notNegative("constantSeconds"),
              steps),
          new EnergyModel(
              grid,
              joules.choice("form", EnergyForm.class),
              joules.numbers("knotHertz"),
              joules.numbers("coefficients").stream().mapToDouble(Double::doubleValue).toArray()),
          reader.notNegative("relativeSpread"));
    } catch (IllegalArgumentException | NeuroBalancerException e) {
      throw reader.error("", "is no fitted operator: " + e.getMessage());
    }
  }
}
