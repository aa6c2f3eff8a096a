package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the schemas of docs/formats against what is really written and read. */
final class FormatsTest {

  private static final Path FORMATS = Path.of("../docs/formats");

  @TempDir Path folder;

  private static Schema schema(String name) throws IOException {
    try (InputStream in = Files.newInputStream(FORMATS.resolve(name + ".schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(in);
    }
  }

  static SummaryDocument summary() {
    return new SummaryDocument(
        "neurobalancer compare",
        "1.2.3",
        7,
        new SummaryDocument.Device("sim:test", "d", true, 2),
        new SummaryDocument.Model("tiny", "m", 3, 1_000_000, 4_000, 1),
        0.05,
        0.06,
        0.02,
        100,
        "nominal",
        0.048,
        0.047,
        new SummaryDocument.Prediction(
            12,
            170,
            240,
            OptionalDouble.of(0.01),
            OptionalDouble.of(0.002),
            OptionalDouble.empty(),
            OptionalDouble.of(0.5)),
        new SummaryDocument.PlanSummary(
            "lagrangian",
            0.0201,
            OptionalDouble.of(0.02),
            OptionalDouble.of(0.005),
            0.046,
            0.047,
            1,
            2),
        OptionalDouble.empty(),
        List.of(
            new SummaryDocument.GovernorSummary(
                "stock",
                "a note",
                0.03,
                OptionalDouble.of(0),
                OptionalDouble.empty(),
                0.02,
                -0.003,
                2,
                OptionalDouble.empty(),
                OptionalDouble.of(0.1))),
        List.of(new SummaryDocument.FrontierPoint(0.02, 0.03, 0.029)),
        List.of("Simulated: no phone was involved."));
  }

  private static JsonNode tree(String text) throws IOException {
    return Json.MAPPER.readTree(text);
  }

  @Test
  void everyDeviceDescription_isOfItsSchema() throws IOException {
    Schema schema = schema("device-1");
    List<String> names = new ArrayList<>(DeviceDescriptions.names());
    names.addAll(List.of("test-one-clock", "test-three-clocks"));
    for (String name : names) {
      try (InputStream in =
          Objects.requireNonNull(DeviceDescriptions.class.getResourceAsStream(name + ".json"))) {
        assertThat(schema.validate(Json.MAPPER.readTree(in))).as(name).isEmpty();
      }
    }
  }

  @Test
  void everyMatrixOfTheDocumentation_isOfItsSchema_andIsRead() throws IOException {
    Schema schema = schema("matrix-1");
    try (Stream<Path> files = Files.list(Path.of("../docs/studies"))) {
      List<Path> matrices = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertThat(matrices).isNotEmpty();
      for (Path matrix : matrices) {
        JsonNode tree = Json.YAML.readTree(Files.readAllBytes(matrix));
        assertThat(schema.validate(tree)).as(matrix.toString()).isEmpty();
        assertThat(StudyMatrix.load(matrix).models()).isNotEmpty();
      }
    }
  }

  @Test
  void theStreamsOfTheDocumentation_areOfTheirSchema_alsoInWhatTheyRefuse() throws IOException {
    JsonNode tree = Json.YAML.readTree(Files.readAllBytes(Path.of("../docs/streams.yaml")));
    ((ObjectNode) tree.get("streams").get(0)).put("deadline", "60ms");
    ((ObjectNode) tree.get("streams").get(2)).put("deadline", "500ms");
    agree("streams-1", tree.toString(), StreamsFile::read);
    StreamsFile read = StreamsFile.read(Path.of("../docs/streams.yaml"));
    assertThat(read.streams().get(0).deadlineSeconds()).isEqualTo(0.066);
    assertThat(read.streams().get(1).deadlineSeconds()).isEqualTo(0.15);
    assertThat(read.streams().get(1).periodSeconds()).isEqualTo(0.2);
  }

  @Test
  void streamsThatCannotBe_areRefusedWithTheField() throws IOException {
    String text = "{\"schema\":\"neurobalancer/streams/1\",\"streams\":[%s]}";
    String entry = "{\"name\":\"a\",\"model\":\"zoo:x\",\"period\":\"%s\",\"deadline\":\"%s\"}";
    assertThatThrownBy(() -> StreamsFile.read(file(text.formatted(entry.formatted("33", "33ms")))))
        .hasMessageContaining("streams[0].period")
        .hasMessageContaining("such as 33ms");
    assertThatThrownBy(
            () -> StreamsFile.read(file(text.formatted(entry.formatted("33ms", "34ms")))))
        .hasMessageContaining("longer than the period ('33ms')");
    String one = entry.formatted("33ms", "33ms");
    assertThatThrownBy(() -> StreamsFile.read(file(text.formatted(one + "," + one))))
        .hasMessageContaining("streams[1].name")
        .hasMessageContaining("('a') is there twice");
    assertThatThrownBy(() -> StreamsFile.read(file(text.formatted(""))))
        .hasMessageContaining("streams");
  }

  @Test
  void everyLineOfASamplesFile_isOfItsSchema() throws IOException {
    Schema schema = schema("samples-1");
    for (String line : SamplesFileTest.text().lines().toList()) {
      assertThat(schema.validate(tree(line))).as(line).isEmpty();
    }
    assertThat(schema.validate(tree("{\"finished\":{\"runs\":1},\"run\":{}}"))).isNotEmpty();
  }

  @Test
  void plansFrontiersSummariesAndCostModels_areOfTheirSchemas_alsoInWhatTheyRefuse()
      throws IOException {
    agree("plan-1", DocumentsTest.plan().toJson(), PlanDocument::read);
    agree("frontier-1", DocumentsTest.frontier().toJson(), FrontierDocument::read);
    agree("summary-1", summary().toJson(), SummaryDocument::read);
    agree("predictor-2", CostModelFile.write(SamplesFileTest.model()), CostModelFile::read);
    assertThat(SummaryDocument.read(file(summary().toJson()))).isEqualTo(summary());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("document.json"), text);
  }

  /**
   * A document is accepted by schema and codec. Without a field it is refused by the codec unless
   * the field may be null, and by the schema with it, since what may be null is always written.
   * With another field it is refused by both.
   */
  private void agree(String name, String text, Function<Path, ?> codec) throws IOException {
    Schema schema = schema(name);
    ObjectNode root = (ObjectNode) tree(text);
    assertThat(schema.validate(root)).as(name).isEmpty();
    List<ObjectNode> objects = new ArrayList<>();
    objects(root, objects);
    assertThat(objects).hasSizeGreaterThan(1);
    for (ObjectNode object : objects) {
      for (String field : List.copyOf(object.propertyStream().map(e -> e.getKey()).toList())) {
        JsonNode value = object.remove(field);
        boolean refused = refuses(codec, root);
        boolean optional = schema.validate(root).isEmpty();
        object.putNull(field);
        boolean nullable = schema.validate(root).isEmpty();
        assertThat(refused).as("%s without %s", name, field).isEqualTo(!optional && !nullable);
        object.set(field, value);
      }
    }
    for (ObjectNode object : objects) {
      if (object.has("not measured") || object.has("switch") || object.has("core_only")) {
        continue; // a table of texts or numbers by name takes any name
      }
      object.put("more", 1);
      assertThat(schema.validate(root)).as(name).isNotEmpty();
      assertThat(refuses(codec, root)).as("%s with more in %s", name, object).isTrue();
      object.remove("more");
    }
  }

  private boolean refuses(Function<Path, ?> codec, JsonNode root) throws IOException {
    Path file = file(new String(Json.MAPPER.writeValueAsBytes(root), StandardCharsets.UTF_8));
    try {
      assertThat(codec.apply(file)).isNotNull();
      return false;
    } catch (NeuroBalancerException e) {
      assertThat(e).hasMessageContaining("Maybe");
      return true;
    }
  }

  private static void objects(JsonNode node, List<ObjectNode> found) {
    if (node instanceof ObjectNode object) {
      found.add(object);
    }
    node.forEach(child -> objects(child, found));
  }

  @Test
  void aFileOfAnotherSchema_isNamed() throws IOException {
    Path plan = file(DocumentsTest.plan().toJson());
    assertThatThrownBy(() -> SummaryDocument.read(plan))
        .hasMessageContaining("schema ('neurobalancer/plan/1') must be 'neurobalancer/summary/1'");
  }
}
