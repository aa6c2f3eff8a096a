package io.neurobalancer.files;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Numbers of which some may be unknown: NaN here, null in a file. */
@JsonDeserialize(using = Readings.Reader.class)
final class Readings {

  private final double[] values;

  private Readings(double[] values) {
    this.values = values;
  }

  /** Returns so many numbers, by index. */
  static Readings of(int size, IntToDoubleFunction value) {
    return new Readings(IntStream.range(0, size).mapToDouble(value).toArray());
  }

  /** Returns a copy of the numbers. */
  @JsonValue
  double[] toArray() {
    return values.clone();
  }

  List<Double> toList() {
    return Arrays.stream(values).boxed().toList();
  }

  int size() {
    return values.length;
  }

  double get(int index) {
    return values[index];
  }

  /** Reads a list of numbers and nulls. */
  static final class Reader extends StdDeserializer<Readings> {

    private static final long serialVersionUID = 1L;

    Reader() {
      super(Readings.class);
    }

    @Override
    public Readings deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (!parser.isExpectedStartArrayToken()) {
        return (Readings) context.handleUnexpectedToken(double[].class, parser);
      }
      double[] values = new double[16];
      int size = 0;
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (size == values.length) {
          values = Arrays.copyOf(values, 2 * size);
        }
        if (token != JsonToken.VALUE_NULL && !token.isNumeric()) {
          throw JsonMappingException.wrapWithPath(
              context.wrongTokenException(
                  parser, double.class, JsonToken.VALUE_NUMBER_FLOAT, "no number"),
              values,
              size);
        }
        values[size++] = token == JsonToken.VALUE_NULL ? Double.NaN : parser.getDoubleValue();
      }
      return new Readings(Arrays.copyOf(values, size));
    }
  }
}
