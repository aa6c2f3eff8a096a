package io.neurobalancer.learned;

import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Example;
import org.tribuo.Feature;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Prediction;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.ensemble.BaggingTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.rtree.CARTRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;

/**
 * One positive figure of operators, as its logarithm: a linear law per kind of operator carries
 * what it knows to sizes never seen; a random forest learns what the law gets wrong.
 */
final class OperatorRegression {

  /** Announces every tree it grows; held, so that its level stays. */
  private static final Logger CHATTER = Logger.getLogger(BaggingTrainer.class.getName());

  static {
    CHATTER.setLevel(Level.WARNING);
  }

  /** More and deeper trees gain nothing on models left out, and take minutes. */
  private static final int TREES = 10;

  private static final int DEPTH = 10;
  private static final float LEAST_IN_LEAF = 3;
  private static final float FEATURES_PER_SPLIT = 0.3f;

  private final Map<OperatorKind, RidgeRegression> laws;
  private final RidgeRegression anyKind;
  private final Model<Regressor> forest;
  private final int domains;

  private OperatorRegression(
      Map<OperatorKind, RidgeRegression> laws,
      RidgeRegression anyKind,
      Model<Regressor> forest,
      int domains) {
    this.laws = laws;
    this.anyKind = anyKind;
    this.forest = forest;
    this.domains = domains;
  }

  /**
   * One example.
   *
   * @param operator what ran
   * @param hertz one clock per domain
   * @param value what was measured, positive
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  record Row(Operator operator, double[] hertz, double value) {}

  /**
   * Learns; the same rows and seed give the same regression.
   *
   * @param rows at least two, all with the same number of clocks
   */
  static OperatorRegression train(List<Row> rows, long seed) {
    int domains = rows.get(0).hertz().length;
    List<double[]> features = new ArrayList<>();
    double[] values = new double[rows.size()];
    for (int s = 0; s < values.length; s++) {
      features.add(OperatorFeatures.of(rows.get(s).operator(), rows.get(s).hertz()));
      values[s] = StrictMath.log(rows.get(s).value());
    }
    int linear = OperatorFeatures.linear(domains);
    RidgeRegression anyKind = RidgeRegression.fit(features, values, linear);
    Map<OperatorKind, RidgeRegression> laws = new EnumMap<>(OperatorKind.class);
    for (OperatorKind kind : OperatorKind.values()) {
      List<double[]> own = new ArrayList<>();
      List<Double> ownValues = new ArrayList<>();
      for (int s = 0; s < values.length; s++) {
        if (rows.get(s).operator().kind() == kind) {
          own.add(features.get(s));
          ownValues.add(values[s]);
        }
      }
      if (own.size() > 4 * linear) {
        laws.put(
            kind,
            RidgeRegression.fit(
                own, ownValues.stream().mapToDouble(Double::doubleValue).toArray(), linear));
      }
    }
    RegressionFactory factory = new RegressionFactory();
    MutableDataset<Regressor> dataset =
        new MutableDataset<>(new SimpleDataSourceProvenance("operators", factory), factory);
    String[] names = OperatorFeatures.names(domains);
    for (int s = 0; s < values.length; s++) {
      Operator operator = rows.get(s).operator();
      double law = laws.getOrDefault(operator.kind(), anyKind).predict(features.get(s));
      dataset.add(example(names, operator, features.get(s), values[s] - law));
    }
    RandomForestTrainer<Regressor> trainer =
        new RandomForestTrainer<>(
            new CARTRegressionTrainer(
                DEPTH, LEAST_IN_LEAF, 0, FEATURES_PER_SPLIT, new MeanSquaredError(), seed),
            new AveragingCombiner(),
            TREES,
            seed);
    return new OperatorRegression(laws, anyKind, trainer.train(dataset), domains);
  }

  /** Predicts the figure of each operator at the same clocks. */
  double[] predict(List<Operator> operators, double[] hertz) {
    String[] names = OperatorFeatures.names(domains);
    List<Example<Regressor>> examples = new ArrayList<>();
    List<double[]> features = new ArrayList<>();
    for (Operator operator : operators) {
      double[] own = OperatorFeatures.of(operator, hertz);
      features.add(own);
      examples.add(example(names, operator, own, 0));
    }
    List<Prediction<Regressor>> residuals = forest.predict(examples);
    double[] values = new double[operators.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          StrictMath.exp(
              laws.getOrDefault(operators.get(i).kind(), anyKind).predict(features.get(i))
                  + residuals.get(i).getOutput().getValues()[0]);
    }
    return values;
  }

  /** The numbers, and the kernel's name; a name never seen in training counts nothing. */
  private static Example<Regressor> example(
      String[] names, Operator operator, double[] features, double residual) {
    ArrayExample<Regressor> example =
        new ArrayExample<>(new Regressor("residual", residual), names, features);
    example.add(new Feature("type=" + operator.type(), 1));
    return example;
  }
}
