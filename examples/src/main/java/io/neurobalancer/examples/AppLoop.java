package io.neurobalancer.examples;

import io.neurobalancer.plan.SuffixFrontier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Follows a plan file inside an app, over the app's own engine. It needs {@code core} and a JSON
 * reader, and nothing that Android 8 does not have.
 */
public final class AppLoop {

  private final SuffixFrontier frontier;
  private final LongSupplier nanoTime;
  private final IntConsumer clocks;
  private final IntConsumer engine;

  /**
   * Prepares.
   *
   * @param frontier of the plan
   * @param nanoTime such as {@code System::nanoTime}
   * @param clocks told the setting that the device should have now
   * @param engine told which operator to run now
   */
  public AppLoop(
      SuffixFrontier frontier, LongSupplier nanoTime, IntConsumer clocks, IntConsumer engine) {
    this.frontier = frontier;
    this.nanoTime = nanoTime;
    this.clocks = clocks;
    this.engine = engine;
  }

  /** Returns the frontier that is stored in the {@code feedback} of a plan file. */
  public static SuffixFrontier frontier(
      int[] rowOfOperator, int[] settings, String nearest, String remainingSeconds, String next) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(remainingSeconds))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] seconds = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(seconds);
    return new SuffixFrontier(
        rowOfOperator,
        settings,
        Base64.getDecoder().decode(nearest),
        seconds,
        Base64.getDecoder().decode(next));
  }

  /**
   * Runs one job: before every operator a look-up tells what is cheapest in the time that is left.
   *
   * @param operators how many there are
   * @param entered the setting that the device has now
   * @param deadlineNanos when the job should have ended, less the reserve that the app wants
   * @return the setting that the device has then
   */
  public int job(int operators, int entered, long deadlineNanos) {
    int setting = entered;
    for (int operator = 0; operator < operators; operator++) {
      double left = (deadlineNanos - nanoTime.getAsLong()) * 1e-9;
      int wanted = frontier.next(operator, left, setting);
      if (wanted != setting) {
        clocks.accept(wanted);
        setting = wanted;
      }
      engine.accept(operator);
    }
    return setting;
  }
}
