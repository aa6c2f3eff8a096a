package io.neurobalancer.files;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.List;

/** What the files of cost profiles and of predictors share. */
final class Fields {

  private Fields() {}

  static ArrayNode domains(ObjectMapper mapper, SettingGrid grid) {
    ArrayNode domains = mapper.createArrayNode();
    for (FrequencyDomain domain : grid.domains()) {
      ObjectNode node = domains.addObject();
      node.put("name", domain.name());
      node.put("kind", JsonFields.lower(domain.kind()));
      ArrayNode hertz = node.putArray("hertz");
      domain.opps().opps().forEach(opp -> hertz.add(opp.frequency().hertz()));
    }
    return domains;
  }

  static SettingGrid domains(JsonFields top) {
    List<FrequencyDomain> domains = new ArrayList<>();
    for (JsonFields reader : top.objects("domains")) {
      List<Frequency> clocks = new ArrayList<>();
      for (double hertz : reader.numbers("hertz")) {
        if (!(hertz >= 1)) {
          throw reader.error("hertz", "(%s) must be positive".formatted(hertz));
        }
        clocks.add(Frequency.ofHertz((long) hertz));
      }
      try {
        domains.add(
            new FrequencyDomain(
                reader.text("name"),
                reader.choice("kind", FrequencyDomain.Kind.class),
                OppTable.of(clocks)));
      } catch (IllegalArgumentException e) {
        throw reader.error("hertz", "is no table of clocks: " + e.getMessage());
      }
    }
    return new SettingGrid(domains);
  }

  /** Reads clocks, one per domain, that must be OPPs. */
  static int setting(JsonFields reader, String name, SettingGrid grid) {
    return setting(reader, name, reader.numbers(name), grid);
  }

  static int setting(JsonFields reader, String name, List<Double> hertz, SettingGrid grid) {
    if (hertz.size() != grid.dimensions()) {
      throw reader.error(name, "must be one clock per domain (%d)".formatted(grid.dimensions()));
    }
    int[] opps = new int[hertz.size()];
    for (int d = 0; d < opps.length; d++) {
      OppTable table = grid.domains().get(d).opps();
      Frequency clock = Frequency.ofHertz(Math.max(1, hertz.get(d).longValue()));
      opps[d] = table.ceil(clock);
      if (!table.frequency(opps[d]).equals(clock)) {
        throw reader.error(
            name, "(%s) is no clock of '%s'".formatted(clock, grid.domains().get(d).name()));
      }
    }
    return grid.setting(opps);
  }

  static ObjectNode operator(ObjectMapper mapper, Operator operator) {
    ObjectNode node = mapper.createObjectNode();
    node.put("name", operator.name());
    node.put("type", operator.type());
    node.put("kind", JsonFields.lower(operator.kind()));
    node.put("flops", operator.flops());
    node.put("weightBytes", operator.weightBytes());
    node.put("inputBytes", operator.inputBytes());
    node.put("outputBytes", operator.outputBytes());
    node.put("dataType", JsonFields.lower(operator.dataType()));
    shapes(node.putArray("inputShapes"), operator.inputShapes());
    shapes(node.putArray("weightShapes"), operator.weightShapes());
    shapes(node.putArray("outputShapes"), operator.outputShapes());
    return node;
  }

  private static void shapes(ArrayNode array, List<TensorShape> shapes) {
    shapes.forEach(shape -> shape.dimensions().forEach(array.addArray()::add));
  }

  static Operator operator(JsonFields reader) {
    return new Operator(
        reader.text("name"),
        reader.text("type"),
        reader.choice("kind", OperatorKind.class),
        reader.whole("flops"),
        reader.whole("weightBytes"),
        reader.whole("inputBytes"),
        reader.whole("outputBytes"),
        shapes(reader, "inputShapes"),
        shapes(reader, "weightShapes"),
        shapes(reader, "outputShapes"),
        reader.choice("dataType", DataType.class));
  }

  private static List<TensorShape> shapes(JsonFields reader, String name) {
    return reader.numberLists(name).stream()
        .map(dimensions -> new TensorShape(dimensions.stream().map(Double::longValue).toList()))
        .toList();
  }
}
