package io.neurobalancer.plan;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Plans several periodic streams that share one device, so that {@link DemandBound} admits them
 * all.
 *
 * <p>Processor time is what the streams share, so it has one price: each stream takes the point of
 * its own frontier that is cheapest at that price, and the lowest price at which all are admitted
 * wins. For convex frontiers and a load as the only limit that is the optimum; a deadline far below
 * its period makes it a heuristic.
 */
public final class JointPlanner {

  private static final int POINTS = 25;
  private static final int HALVINGS = 40;

  private JointPlanner() {}

  /**
   * A stream to plan.
   *
   * @param name for people
   * @param costs of its operators
   * @param calibration of the device
   * @param deadline with its margin
   */
  public record Request(String name, CostTable costs, Calibration calibration, Deadline deadline) {}

  /**
   * Plans that are admitted together.
   *
   * @param jobs one per stream
   * @param demandSeconds what each job may take of the processor: its makespan with margin, waking
   *     and the switches of being interrupted
   * @param load of all streams, between 0 and 1
   * @param priceWatts of processor time; 0 if nobody has to hurry for another
   */
  public record Joint(
      List<JobPlan> jobs, List<Double> demandSeconds, double load, double priceWatts) {
    public Joint {
      jobs = List.copyOf(jobs);
      demandSeconds = List.copyOf(demandSeconds);
    }
  }

  /**
   * Plans.
   *
   * @param requests at least one, all of one device
   * @throws NeuroBalancerException if not even the fastest plans are admitted, or a stream cannot
   *     keep its deadline even alone; the message names the stream and the load
   */
  public static Joint plan(List<Request> requests) {
    if (requests.isEmpty()) {
      throw NeuroBalancerException.invalid("There is no stream to plan.");
    }
    List<JobPlan> alone = new ArrayList<>();
    List<List<Plan>> frontiers = new ArrayList<>();
    for (Request request : requests) {
      JobPlan job = alone(request);
      alone.add(job);
      double most = job.plan().problem().budgetSeconds();
      frontiers.add(
          Frontier.of(job.plan().problem(), POINTS).plans().stream()
              .filter(plan -> plan.makespanSeconds() <= most * (1 + 1e-9))
              .collect(Collectors.toList()));
    }
    Optional<DemandBound.Violation> fastest = check(requests, chosen(frontiers, 1e12));
    if (fastest.isPresent()) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.FINDING,
          String.format(
              Locale.ROOT,
              "These streams cannot all keep their deadlines on this device even at its fastest: %s.%nMaybe give that stream a longer period or deadline, or leave one out.",
              fastest.get()));
    }
    double low = 0;
    double high = 0;
    List<Plan> best = chosen(frontiers, 0);
    if (check(requests, best).isPresent()) {
      high = 1;
      while (check(requests, chosen(frontiers, high)).isPresent()) {
        low = high;
        high *= 4;
      }
      for (int step = 0; step < HALVINGS; step++) {
        double middle = (low + high) / 2;
        if (check(requests, chosen(frontiers, middle)).isPresent()) {
          low = middle;
        } else {
          high = middle;
        }
      }
      best = chosen(frontiers, high);
    }
    List<Plan> plans = best;
    List<DemandBound.Task> tasks = tasks(requests, plans);
    return new Joint(
        IntStream.range(0, plans.size())
            .mapToObj(
                s ->
                    new JobPlan(plans.get(s), alone.get(s).idleSetting(), alone.get(s).idleState()))
            .collect(Collectors.toList()),
        tasks.stream().map(DemandBound.Task::demandSeconds).collect(Collectors.toList()),
        tasks.stream().mapToDouble(DemandBound.Task::load).sum(),
        high);
  }

  private static JobPlan alone(Request request) {
    try {
      return JobPlanner.plan(
          request.costs(), request.calibration(), request.deadline(), new LagrangianPlanner());
    } catch (DeadlineUnreachableException e) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.FINDING,
          String.format(
              Locale.ROOT, "Stream '%s' cannot run even alone. %s", request.name(), e.getMessage()),
          e);
    }
  }

  private static List<Plan> chosen(List<List<Plan>> frontiers, double price) {
    List<Plan> plans = new ArrayList<>();
    for (List<Plan> frontier : frontiers) {
      Plan best = frontier.get(0);
      for (Plan plan : frontier) {
        if (plan.energyJoules() + price * plan.makespanSeconds()
            < best.energyJoules() + price * best.makespanSeconds()) {
          best = plan;
        }
      }
      plans.add(best);
    }
    return plans;
  }

  private static Optional<DemandBound.Violation> check(List<Request> requests, List<Plan> plans) {
    return DemandBound.check(tasks(requests, plans));
  }

  private static List<DemandBound.Task> tasks(List<Request> requests, List<Plan> plans) {
    List<DemandBound.Task> tasks = new ArrayList<>();
    for (int s = 0; s < plans.size(); s++) {
      Request request = requests.get(s);
      Plan plan = plans.get(s);
      double margin = request.deadline().marginFactor();
      double segment = 0;
      for (int i = 0; i < plan.operators(); i++) {
        segment = Math.max(segment, request.costs().latencySeconds(i, plan.setting(i)));
      }
      // A job that interrupts another switches every clock there and back.
      double interruption = 0;
      for (SwitchCost cost : request.calibration().switchCosts().perDomain()) {
        interruption += cost.upSeconds() + cost.downSeconds();
      }
      double wake = request.calibration().idleStates().get(0).wakeSeconds();
      tasks.add(
          new DemandBound.Task(
              request.name(),
              request.deadline().periodSeconds(),
              request.deadline().deadlineSeconds(),
              plan.makespanSeconds() * margin + wake + (plans.size() > 1 ? interruption : 0),
              segment * margin));
    }
    return tasks;
  }
}
