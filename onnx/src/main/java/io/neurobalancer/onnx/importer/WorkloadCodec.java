package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.ModelFacts;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes what a probe found, or why it found nothing, for another process to read now or later. A
 * hash at the end tells a whole record from a damaged one.
 */
final class WorkloadCodec {

  /** Changes with the format and with what the importer counts: older records are not read. */
  static final String VERSION = "neurobalancer-workload-1";

  private static final int HASH = 64;
  private static final int LONGEST = 1 << 24;

  private WorkloadCodec() {}

  /**
   * What a probe says.
   *
   * @param refusal why it found nothing; empty if it found a workload
   * @param workloads one, or none with a refusal
   * @param files each file read beside the model, as {@link ProbeCache#stamp} describes it
   */
  record Answer(String refusal, List<Workload> workloads, List<String> files) {}

  /** The bytes are no whole record of this version. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  static byte[] write(Answer answer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      text(out, VERSION);
      text(out, answer.refusal());
      texts(out, answer.files());
      out.writeInt(answer.workloads().size());
      for (Workload workload : answer.workloads()) {
        workload(out, workload);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    bytes.writeBytes(Hashes.bytes(bytes.toByteArray()).getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  static Answer read(byte[] record) throws DamagedException {
    if (record.length < HASH) {
      throw new DamagedException("too short");
    }
    byte[] body = Arrays.copyOf(record, record.length - HASH);
    String hash = new String(record, body.length, HASH, StandardCharsets.US_ASCII);
    if (!hash.equals(Hashes.bytes(body))) {
      throw new DamagedException("damaged");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      if (!text(in).equals(VERSION)) {
        throw new DamagedException("another version");
      }
      String refusal = text(in);
      List<String> files = texts(in);
      List<Workload> workloads = new ArrayList<>();
      for (int w = in.readInt(); w > 0; w--) {
        workloads.add(workload(in));
      }
      return new Answer(refusal, workloads, files);
    } catch (DamagedException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new DamagedException(String.valueOf(e.getMessage()));
    }
  }

  private static void workload(DataOutputStream out, Workload workload) throws IOException {
    text(out, workload.name());
    text(out, workload.hash());
    out.writeInt(workload.size());
    for (Operator operator : workload.operators()) {
      text(out, operator.name());
      text(out, operator.type());
      text(out, operator.kind().name());
      text(out, operator.dataType().name());
      out.writeLong(operator.flops());
      out.writeLong(operator.weightBytes());
      out.writeLong(operator.inputBytes());
      out.writeLong(operator.outputBytes());
      shapes(out, operator.inputShapes());
      shapes(out, operator.weightShapes());
      shapes(out, operator.outputShapes());
    }
    ModelFacts facts = workload.facts();
    out.writeLong(facts.storedWeightBytes());
    texts(out, facts.assumptions());
    out.writeInt(facts.controlFlow().size());
    for (ModelFacts.ControlFlow flow : facts.controlFlow()) {
      text(out, flow.operator());
      text(out, flow.type());
      out.writeInt(flow.bodies().size());
      for (ModelFacts.Body body : flow.bodies()) {
        text(out, body.name());
        out.writeLong(body.executions());
        out.writeInt(body.operators());
        out.writeLong(body.flops());
        out.writeLong(body.weightBytes());
      }
    }
  }

  private static Workload workload(DataInputStream in) throws IOException {
    String name = text(in);
    String hash = text(in);
    List<Operator> operators = new ArrayList<>();
    for (int o = in.readInt(); o > 0; o--) {
      String operator = text(in);
      String type = text(in);
      OperatorKind kind = OperatorKind.valueOf(text(in));
      DataType dataType = DataType.valueOf(text(in));
      operators.add(
          new Operator(
              operator,
              type,
              kind,
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              shapes(in),
              shapes(in),
              shapes(in),
              dataType));
    }
    long stored = in.readLong();
    List<String> assumptions = texts(in);
    List<ModelFacts.ControlFlow> flows = new ArrayList<>();
    for (int f = in.readInt(); f > 0; f--) {
      String operator = text(in);
      String type = text(in);
      List<ModelFacts.Body> bodies = new ArrayList<>();
      for (int b = in.readInt(); b > 0; b--) {
        bodies.add(
            new ModelFacts.Body(
                text(in), in.readLong(), in.readInt(), in.readLong(), in.readLong()));
      }
      flows.add(new ModelFacts.ControlFlow(operator, type, bodies));
    }
    return new Workload(name, hash, operators, new ModelFacts(stored, assumptions, flows));
  }

  private static void shapes(DataOutputStream out, List<TensorShape> shapes) throws IOException {
    out.writeInt(shapes.size());
    for (TensorShape shape : shapes) {
      out.writeInt(shape.rank());
      for (long extent : shape.dimensions()) {
        out.writeLong(extent);
      }
    }
  }

  private static List<TensorShape> shapes(DataInputStream in) throws IOException {
    List<TensorShape> shapes = new ArrayList<>();
    for (int s = in.readInt(); s > 0; s--) {
      List<Long> extents = new ArrayList<>();
      for (int d = in.readInt(); d > 0; d--) {
        extents.add(in.readLong());
      }
      shapes.add(new TensorShape(extents));
    }
    return shapes;
  }

  private static void texts(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(out, text);
    }
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int t = in.readInt(); t > 0; t--) {
      texts.add(text(in));
    }
    return texts;
  }

  static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LONGEST) {
      throw new DamagedException("a text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
