package io.neurobalancer.files;

import java.nio.file.Path;
import java.util.List;

/**
 * Energy against deadline as a file, schema {@code neurobalancer/frontier/1}. All deadlines are
 * those of the operators, waking and margin left aside, as {@code targetSeconds} of a plan is.
 *
 * @param command the command line that made it
 * @param version of NeuroBalancer
 * @param seed of the measurements behind it
 * @param device whose costs were predicted
 * @param model whose costs were predicted
 * @param periodSeconds between releases, kept along the curve
 * @param fastestMakespanSeconds no deadline below it can be met
 * @param saturationSeconds more time than this saves nothing
 * @param energyOptimalSeconds the pace at which jobs without a pause between them burn least
 * @param targetSeconds the time that the deadline asked for leaves for the operators
 * @param kneeSeconds the deadline of the point where the curve bends most
 * @param points for ascending deadlines, at least one
 */
public record FrontierDocument(
    String command,
    String version,
    long seed,
    Subject device,
    Subject model,
    double periodSeconds,
    double fastestMakespanSeconds,
    double saturationSeconds,
    double energyOptimalSeconds,
    double targetSeconds,
    double kneeSeconds,
    List<Point> points) {

  /** The schema that this version reads and writes. */
  public static final String SCHEMA = "neurobalancer/frontier/1";

  private static final JsonFormat<FrontierDocument> FORMAT =
      new JsonFormat<>(
          FrontierDocument.class,
          SCHEMA,
          "frontier file",
          "make it again with 'neurobalancer frontier'",
          16 << 20);

  public FrontierDocument {
    points = Check.filled("points", points);
    for (int p = 1; p < points.size(); p++) {
      if (points.get(p).deadlineSeconds() < points.get(p - 1).deadlineSeconds()) {
        throw new FieldException(
            "points[%d].deadlineSeconds".formatted(p),
            "must not be before that of the point before");
      }
    }
  }

  /**
   * One certified plan.
   *
   * @param deadlineSeconds for the operators
   * @param energyJoules of one period, as predicted
   * @param lowerBoundJoules that no plan for this deadline falls below
   * @param gap by how much a better plan could at most be cheaper, as a share of the energy
   * @param makespanSeconds of the plan
   * @param switches per job
   * @param marginalJoulesPerSecond what time saves between here and the next point; nothing at the
   *     last one
   */
  public record Point(
      double deadlineSeconds,
      double energyJoules,
      double lowerBoundJoules,
      double gap,
      double makespanSeconds,
      int switches,
      double marginalJoulesPerSecond) {
    public Point {
      Check.notNegative("deadlineSeconds", deadlineSeconds);
      Check.notNegative("makespanSeconds", makespanSeconds);
      Check.finite("energyJoules", energyJoules);
      Check.finite("lowerBoundJoules", lowerBoundJoules);
    }

    /** Makes a point; its gap follows from energy and bound. */
    public Point(
        double deadlineSeconds,
        double energyJoules,
        double lowerBoundJoules,
        double makespanSeconds,
        int switches,
        double marginalJoulesPerSecond) {
      this(
          deadlineSeconds,
          energyJoules,
          lowerBoundJoules,
          energyJoules == 0 ? 0 : 1 - lowerBoundJoules / energyJoules,
          makespanSeconds,
          switches,
          marginalJoulesPerSecond);
    }
  }

  /** Returns the index of the point where the curve bends most. */
  public int knee() {
    for (int p = 0; p < points.size(); p++) {
      if (points.get(p).deadlineSeconds() >= kneeSeconds) {
        return p;
      }
    }
    return points.size() - 1;
  }

  /** Returns the JSON text. */
  public String toJson() {
    return FORMAT.write(this);
  }

  /**
   * Reads a frontier file.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if it is missing, cut off or no frontier;
   *     the message names file and field
   */
  public static FrontierDocument read(Path file) {
    return FORMAT.read(file);
  }
}
