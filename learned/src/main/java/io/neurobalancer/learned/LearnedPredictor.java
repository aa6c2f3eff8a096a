package io.neurobalancer.learned;

import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tribuo.Example;
import org.tribuo.Feature;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Prediction;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.xgboost.XGBoostRegressionTrainer;

/**
 * Predicts latency and energy of operators from what they are: a log-linear law per kind of
 * operator, over FLOPs, bytes and clocks, carries what it knows to sizes never seen;
 * gradient-boosted trees (XGBoost by way of Tribuo) learn what it gets wrong. Energy is learned as
 * power times latency.
 */
public final class LearnedPredictor {

  private static final int TREES = 250;
  private static final double LEARNING_RATE = 0.08;
  private static final int DEPTH = 6;

  private final int domains;
  private final Target seconds;
  private final Target watts;

  private LearnedPredictor(int domains, Target seconds, Target watts) {
    this.domains = domains;
    this.seconds = seconds;
    this.watts = watts;
  }

  /**
   * One measured operator at some clocks.
   *
   * @param operator what ran
   * @param hertz one clock per domain, hertz
   * @param latencySeconds measured, positive
   * @param energyJoules of the device meanwhile, positive
   */
  public record Sample(
      Operator operator, List<Double> hertz, double latencySeconds, double energyJoules) {
    public Sample {
      hertz = List.copyOf(hertz);
    }
  }

  /**
   * What is expected of an operator.
   *
   * @param latencySeconds mean
   * @param energyJoules of the device meanwhile
   */
  public record Expectation(double latencySeconds, double energyJoules) {}

  /**
   * Learns; the same samples and seed give the same predictor.
   *
   * @param samples at least two, all with the same number of clocks
   */
  public static LearnedPredictor train(List<Sample> samples, long seed) {
    if (samples.size() < 2) {
      throw new IllegalArgumentException(
          "A learned predictor needs more samples than %d.%nMaybe profile more models."
              .formatted(samples.size()));
    }
    int domains = samples.get(0).hertz().size();
    List<double[]> features = new ArrayList<>();
    double[] logSeconds = new double[samples.size()];
    double[] logWatts = new double[samples.size()];
    for (int s = 0; s < samples.size(); s++) {
      Sample sample = samples.get(s);
      features.add(OperatorFeatures.of(sample.operator(), clocks(sample.hertz())));
      logSeconds[s] = Math.log(sample.latencySeconds());
      logWatts[s] = Math.log(Math.max(1e-9, sample.energyJoules() / sample.latencySeconds()));
    }
    List<Operator> operators = samples.stream().map(Sample::operator).toList();
    return new LearnedPredictor(
        domains,
        Target.train(features, operators, logSeconds, domains, seed),
        Target.train(features, operators, logWatts, domains, seed));
  }

  /** Predicts many operators at once, each at its clocks. */
  public List<Expectation> predict(List<Operator> operators, List<List<Double>> hertz) {
    List<double[]> features = new ArrayList<>();
    for (int i = 0; i < operators.size(); i++) {
      if (hertz.get(i).size() != domains) {
        throw new IllegalArgumentException(
            "This predictor was trained on %d clocks, not %d."
                .formatted(domains, hertz.get(i).size()));
      }
      features.add(OperatorFeatures.of(operators.get(i), clocks(hertz.get(i))));
    }
    double[] times = seconds.predict(features, operators);
    double[] powers = watts.predict(features, operators);
    List<Expectation> expectations = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      double time = Math.exp(times[i]);
      expectations.add(new Expectation(time, time * Math.exp(powers[i])));
    }
    return expectations;
  }

  private static double[] clocks(List<Double> hertz) {
    return hertz.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** One logarithm to predict: a linear law per kind, and trees on its residuals. */
  private record Target(
      Map<OperatorKind, RidgeRegression> laws,
      RidgeRegression anyKind,
      Model<Regressor> trees,
      int domains) {

    static Target train(
        List<double[]> features,
        List<Operator> operators,
        double[] values,
        int domains,
        long seed) {
      int linear = OperatorFeatures.linear(domains);
      RidgeRegression anyKind = RidgeRegression.fit(features, values, linear);
      Map<OperatorKind, RidgeRegression> laws = new EnumMap<>(OperatorKind.class);
      for (OperatorKind kind : OperatorKind.values()) {
        List<double[]> own = new ArrayList<>();
        List<Double> ownValues = new ArrayList<>();
        for (int s = 0; s < values.length; s++) {
          if (operators.get(s).kind() == kind) {
            own.add(features.get(s));
            ownValues.add(values[s]);
          }
        }
        if (own.size() > 4 * linear) {
          laws.put(
              kind,
              RidgeRegression.fit(own, ownValues.stream().mapToDouble(v -> v).toArray(), linear));
        }
      }
      RegressionFactory factory = new RegressionFactory();
      MutableDataset<Regressor> dataset =
          new MutableDataset<>(new SimpleDataSourceProvenance("operators", factory), factory);
      String[] names = OperatorFeatures.names(domains);
      for (int s = 0; s < values.length; s++) {
        double law = law(laws, anyKind, operators.get(s)).predict(features.get(s));
        dataset.add(example(names, operators.get(s), features.get(s), values[s] - law));
      }
      Model<Regressor> trees =
          new XGBoostRegressionTrainer(
                  XGBoostRegressionTrainer.RegressionType.LINEAR,
                  TREES,
                  LEARNING_RATE,
                  0,
                  DEPTH,
                  2,
                  0.8,
                  0.8,
                  1,
                  0,
                  1,
                  true,
                  seed)
              .train(dataset);
      return new Target(laws, anyKind, trees, domains);
    }

    private static RidgeRegression law(
        Map<OperatorKind, RidgeRegression> laws, RidgeRegression anyKind, Operator operator) {
      return laws.getOrDefault(operator.kind(), anyKind);
    }

    /** The numbers, and the kernel's name; a name never seen in training counts nothing. */
    private static Example<Regressor> example(
        String[] names, Operator operator, double[] features, double residual) {
      ArrayExample<Regressor> example =
          new ArrayExample<>(new Regressor("residual", residual), names, features);
      example.add(new Feature("type=" + operator.type(), 1));
      return example;
    }

    double[] predict(List<double[]> features, List<Operator> operators) {
      String[] names = OperatorFeatures.names(domains);
      List<Example<Regressor>> examples = new ArrayList<>();
      for (int i = 0; i < features.size(); i++) {
        examples.add(example(names, operators.get(i), features.get(i), 0));
      }
      List<Prediction<Regressor>> residuals = trees.predict(examples);
      double[] values = new double[features.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            law(laws, anyKind, operators.get(i)).predict(features.get(i))
                + residuals.get(i).getOutput().getValues()[0];
      }
      return values;
    }
  }
}
