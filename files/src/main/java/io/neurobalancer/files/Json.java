package io.neurobalancer.files;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.neurobalancer.workload.TensorShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * How records are bound to JSON and YAML, strictly: a field that is unknown, missing, null, there
 * twice or of another type is refused. What may be left out is an {@link Optional}, and nothing
 * else is. Words of enums are in lower case. A number that is not finite is written as null.
 */
final class Json {

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNumberLength(100)
          .maxNestingDepth(50)
          .maxNameLength(1_000)
          .maxStringLength(1_000_000)
          .build();

  /** The square of the share of two such figures is still finite. */
  private static final double MOST = 1e60;

  static final ObjectMapper MAPPER = strict(new JsonFactory());
  static final ObjectMapper YAML = strict(new YAMLFactory());

  private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
  private static final DefaultPrettyPrinter PRETTY =
      new DefaultPrettyPrinter().withObjectIndenter(INDENTER);

  private Json() {}

  private static ObjectMapper strict(JsonFactory factory) {
    factory.setStreamReadConstraints(BOUNDS);
    JsonMapper mapper =
        JsonMapper.builder(factory)
            .addModule(new Jdk8Module())
            .addMixIn(TensorShape.class, Extents.class)
            .annotationIntrospector(
                new AnnotationIntrospectorPair(new Records(), new JacksonAnnotationIntrospector()))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                texts -> {
                  texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                  texts.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                  texts.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
            .build();
    mapper.setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));
    return mapper;
  }

  /**
   * Returns a tree of figures that can be reckoned with: a digit too many in an exponent makes
   * infinities of sums and shares, long after the document was read.
   *
   * @throws FieldException if a number is larger than anything there is, or smaller and not 0
   */
  static JsonNode bounded(JsonNode node) {
    // What is infinite is refused by its field, which knows its bounds.
    refuse(
        "",
        node,
        size -> (size > MOST && size < Double.POSITIVE_INFINITY) || (size < 1 / MOST && size > 0));
    return node;
  }

  /**
   * Makes sure that no number of a tree is infinite: not every field has bounds of its own.
   *
   * @throws FieldException if one is
   */
  static void refuseInfinite(JsonNode node) {
    refuse("", node, Double::isInfinite);
  }

  private static void refuse(String path, JsonNode node, DoublePredicate size) {
    if (node.isNumber() && size.test(Math.abs(node.doubleValue()))) {
      throw new FieldException(path, "is a number out of range");
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      refuse(path + "[" + i + "]", node.get(i), size);
    }
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        refuse(
            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), size);
      }
    }
  }

  /** Returns a record as a tree, with null for what is not finite. */
  static JsonNode tree(Object record) {
    return finite(MAPPER.valueToTree(record));
  }

  /** Returns a tree as text over several lines, the last one ended. */
  static String pretty(JsonNode tree) {
    try {
      return MAPPER.writer(PRETTY).writeValueAsString(tree) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode finite(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        field.setValue(finite(field.getValue()));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, finite(array.get(i)));
      }
    } else if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      return NullNode.getInstance();
    }
    return node;
  }

  /** A tensor's shape is written as the list of its extents. */
  private abstract static class Extents {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("unused") // read by the library
    Extents(List<Long> dimensions) {}

    @JsonValue
    abstract List<Long> dimensions();
  }

  /** What is not optional by its type must be there; words are in lower case. */
  private static final class Records extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;
    private static final Set<Class<?>> OPTIONAL =
        Set.of(Optional.class, OptionalDouble.class, OptionalInt.class, OptionalLong.class);

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
      return !OPTIONAL.contains(member.getRawType());
    }

    @Override
    public String[] findEnumValues(
        MapperConfig<?> config, AnnotatedClass type, Enum<?>[] values, String[] names) {
      for (int i = 0; i < values.length; i++) {
        names[i] = values[i].name().toLowerCase(Locale.ROOT);
      }
      return names;
    }
  }
}
