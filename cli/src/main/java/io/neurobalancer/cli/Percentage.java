package io.neurobalancer.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A share on the command line, such as {@code 0.1%} or {@code 0.001}.
 *
 * @param share between 0 and 1, both excluded
 */
record Percentage(double share) {

  /** Reads a share, or says in one sentence what is wrong with it. */
  static final class Converter implements ITypeConverter<Percentage> {
    @Override
    public Percentage convert(String text) {
      boolean percent = text.endsWith("%");
      String digits = percent ? text.substring(0, text.length() - 1).strip() : text;
      if (digits.matches("\\d{1,9}(\\.\\d{1,15})?")) {
        double share = Double.parseDouble(digits) / (percent ? 100 : 1);
        if (share > 0 && share < 1) {
          return new Percentage(share);
        }
      }
      throw new TypeConversionException(
          "'%s' is no share between 0 and 1.%nMaybe write 0.1%%, or 0.001.".formatted(text));
    }
  }
}
