package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.SuffixFrontier;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The part of a plan file that a governor with feedback reads. Long tables are base64: bytes, or
 * IEEE 754 single-precision numbers, least significant byte first.
 *
 * @param marginFactor by how much longer than predicted a job may take; the first reserve
 * @param idleResidencySeconds the gap to leave between jobs for the idle state that is counted on
 * @param kinds of the frequency domains
 * @param hertz all clocks of each domain, ascending
 * @param switchCosts one per domain
 * @param rowOfOperator the row of the tables that an operator has, -1 where no switch is allowed
 *     before it
 * @param settings that have a column, numbered with the first domain varying slowest
 * @param nearest per setting of the device, the column that stands for it; bytes
 * @param remainingSeconds per row, column and price, what the rest takes; single precision
 * @param next likewise, the column to take next; bytes
 * @param latencySeconds per operator and setting of the device, as predicted; single precision
 */
public record FeedbackTable(
    double marginFactor,
    double idleResidencySeconds,
    List<FrequencyDomain.Kind> kinds,
    List<List<Long>> hertz,
    List<SwitchCost> switchCosts,
    List<Integer> rowOfOperator,
    List<Integer> settings,
    String nearest,
    String remainingSeconds,
    String next,
    String latencySeconds) {

  public FeedbackTable {
    Check.notNegative("marginFactor", marginFactor);
    Check.notNegative("idleResidencySeconds", idleResidencySeconds);
    kinds = List.copyOf(kinds);
    hertz = Check.filled("hertz", hertz);
    switchCosts = List.copyOf(switchCosts);
    rowOfOperator = List.copyOf(rowOfOperator);
    settings = List.copyOf(settings);
  }

  /** Returns the table of a plan. */
  public static FeedbackTable of(FeedbackPlan plan) {
    SuffixFrontier frontier = plan.frontier();
    List<Parts.Domain> domains = Parts.domains(plan.grid());
    return new FeedbackTable(
        plan.deadline().marginFactor(),
        plan.idleResidencySeconds(),
        domains.stream().map(Parts.Domain::kind).toList(),
        domains.stream().map(Parts.Domain::hertz).toList(),
        plan.switchCosts().perDomain(),
        Arrays.stream(frontier.rowOfOperator()).boxed().toList(),
        Arrays.stream(frontier.settings()).boxed().toList(),
        text(frontier.nearest()),
        text(frontier.remainingSeconds()),
        text(frontier.next()),
        text(plan.latencySeconds()));
  }

  /**
   * Returns what the governor reads.
   *
   * @param document that this is part of
   * @throws NeuroBalancerException if the parts do not fit together
   */
  public FeedbackPlan plan(PlanDocument document) {
    try {
      if (hertz.size() != document.domains().size() || kinds.size() != hertz.size()) {
        throw new FieldException(
            "feedback.hertz",
            "must be one list per domain (%d)".formatted(document.domains().size()));
      }
      SettingGrid grid = grid(document.domains());
      int[] planned =
          document.operators().stream()
              .mapToInt(operator -> Parts.setting("operators.hertz", grid, operator.hertz()))
              .toArray();
      List<Long> idle = document.idleHertz().orElse(document.operators().get(0).hertz());
      return new FeedbackPlan(
          grid,
          planned,
          Parts.setting("idleHertz", grid, idle),
          new Deadline(
              document.deadlineSeconds(), document.periodSeconds(), Math.max(1, marginFactor)),
          idleResidencySeconds,
          new SuffixFrontier(
              ints(rowOfOperator),
              ints(settings),
              bytes("feedback.nearest", nearest),
              floats("feedback.remainingSeconds", remainingSeconds),
              bytes("feedback.next", next)),
          floats("feedback.latencySeconds", latencySeconds),
          new SwitchCosts(switchCosts));
    } catch (FieldException e) {
      throw NeuroBalancerException.invalid(
          "The plan file's %s.%nMaybe make it again with 'neurobalancer plan'."
              .formatted(e.getMessage()),
          e);
    }
  }

  private SettingGrid grid(List<String> names) {
    List<Parts.Domain> domains = new ArrayList<>();
    for (int d = 0; d < names.size(); d++) {
      domains.add(new Parts.Domain(names.get(d), kinds.get(d), hertz.get(d)));
    }
    return Parts.grid(domains);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String text(byte[] values) {
    return Base64.getEncoder().encodeToString(values);
  }

  private static String text(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return text(buffer.array());
  }

  private static byte[] bytes(String field, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new FieldException(field, "is no base64");
    }
  }

  private static float[] floats(String field, String text) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(field, text)).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() % Float.BYTES != 0) {
      throw new FieldException(field, "is cut off");
    }
    float[] values = new float[buffer.remaining() / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = buffer.getFloat();
      if (!(values[i] >= 0) || Float.isInfinite(values[i])) {
        throw new FieldException(field, "has a value (%s) that is no time".formatted(values[i]));
      }
    }
    return values;
  }
}
