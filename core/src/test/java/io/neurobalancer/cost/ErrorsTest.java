package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;

final class ErrorsTest {

  @Test
  void theMeanBaseline_predictsEachValueByTheOthers() {
    // 3 for 1, 2.5 for 2, 1.5 for 4: off by 200 %, 25 % and 62.5 %.
    double[] measured = {1, Double.NaN, 2, 4};
    assertThat(Errors.ofTheMean(measured)).isCloseTo((2 + 0.25 + 0.625) / 3, offset(1e-15));
  }

  @Test
  void errors_areSharesOfWhatWasMeasured_whereSomethingWas() {
    double[] predicted = {1.1, 5, 1.5};
    double[] measured = {1, Double.NaN, 2};
    assertThat(Errors.meanAbsoluteRelative(predicted, measured))
        .isCloseTo((0.1 + 0.25) / 2, offset(1e-15));
    assertThat(Errors.meanAbsoluteRelative(new double[] {1}, new double[] {Double.NaN})).isNaN();
  }
}
