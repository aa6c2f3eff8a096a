/**
 * Chooses a setting per operator so that a deadline holds at the least energy, and proves how good
 * the choice is.
 *
 * <h2>Slack, and what it is worth</h2>
 *
 * <p>A network is a sequence of operators. At the fastest clocks it ends long before its deadline;
 * what is left is <em>slack</em>. A device that races spends the slack idling. Slower clocks spend
 * it on the operators instead: each takes longer and burns less.
 *
 * <pre>
 *   clock
 *     ^   at the fastest clocks                   the same slack, spent
 *     |  +-----+--------+---+
 *     |  |  A  |   B    | C |
 *     |  |     |        |   |    slack            +---------+           +-----+
 *     |  |     |        |   |.............        |    A    +-----------+  C  |
 *     |  |     |        |   |            :        |         |     B     |     |:
 *     +--+-----+--------+---+------------|--->    +---------+-----------+-----+|--->
 *        0                            deadline    0                       deadline
 * </pre>
 *
 * <p>The question is who gets it. A second of slack is worth what the operator that takes it saves,
 * less what idling for that second would have burned; and the first second is worth more than the
 * next, since power falls less and less as clocks do. If one operator saves 3 joules with the next
 * second and another 1 joule, the second must not have it. So at the best plan, leaving rounding
 * aside, a further second is worth the same everywhere. That common worth is the <em>price of
 * time</em>, lambda, in joules per second. Turned round, it solves the problem: given the price,
 * every operator simply takes the setting with the least {@code energy + lambda * time}, and the
 * right price is the one at which the job ends just in time.
 *
 * <h2>Why not greedily</h2>
 *
 * <p>The obvious planner starts at the fastest settings and gives time, step by step, to whoever
 * saves most with it ({@link io.neurobalancer.plan.GreedyPlanner}). It loses in three ways. A poor
 * first step hides a good second one, unless steps go along the convex hull. A step that nearly
 * fits leaves slack that no one takes. And it does not see switches: changing a clock takes time
 * and energy, so whether an operator's own best setting is worth having depends on its neighbours.
 *
 * <h2>Switches make it a path</h2>
 *
 * <p>With switches the cheapest choice at a price of time is the shortest path through a grid of
 * operators by settings. A Viterbi pass finds it. Switching costs add up over the domains, so a
 * layer of M settings costs O(k M) for k domains, not O(M^2): settle one domain after the other,
 * with a running minimum from the slower and from the faster side. In the steady state, when the
 * job leaves the clocks as it found them, the path is a cycle, cut open where few settings can win.
 *
 * <h2>The certificate</h2>
 *
 * <p>Let L(lambda) be the cost of the shortest path at a price, and D the deadline. A feasible plan
 * costs {@code energy <= energy + lambda (D - time)} turned round: {@code energy >= L(lambda) -
 * lambda D}, whatever the price. The best such bound beside the energy of the plan in hand is the
 * <em>gap</em>: no plan on earth, for these costs, is cheaper by more. It is concave and piecewise
 * linear in the price, each path one line, so a few Newton steps (where the lines of the last path
 * in time and the last path too late meet) find its top.
 *
 * <h2>A worked example</h2>
 *
 * <p>Two clocks, three operators; fast takes each 1 s and 5 J, slow takes 2 s and
 *
 * <pre>
 *            slow       saved by 1 s more
 *     A      2.0 J      3.0 J
 *     B      3.0 J      2.0 J
 *     C      4.5 J      0.5 J
 * </pre>
 *
 * <p>Deadline 4 s, so one second of slack; switching is free and idling costs nothing. At a price
 * of 2.5 J/s only A is slow: {@code energy + 2.5 time} is 2 + 5 against 5 + 2.5 for A, 3 + 5
 * against 7.5 for B, 4.5 + 5 against 7.5 for C. So L = 7 + 7.5 + 7.5 = 22, the bound is 22 - 2.5 *
 * 4 = 12 J, and the path itself takes 4 s and 12 J: the gap is zero, the plan is optimal. At the
 * price 1 A and B are slow, 5 s, too late; the bound there is (2 + 2) + (3 + 2) + (5 + 1) - 4 = 11
 * J, valid but weaker.
 *
 * <p>Now let every switch cost 0.7 J, in the steady state. Slow A is left by a switch up and
 * entered by one down, 1.4 J, and saves 3 J: it still pays, at 13.4 J against 15 J. At 1.6 J per
 * switch it would not, and all three stay fast: 15 J.
 *
 * <p>With a deadline of 4.5 s and free switches the half second left over buys nothing: 12 J is
 * still the best. No price says so; the best bound is where A only (4 s, 12 J) and A and B (5 s, 10
 * J) cost the same, at 2 J/s: 12 + 2 * 4 - 2 * 4.5 = 11 J. This is the integrality gap, 8 % here
 * and vanishing as operators grow many. {@link io.neurobalancer.plan.ExactPlanner} closes it by
 * looking at every partial plan that could still win. ({@code EssayTest} computes all of these
 * numbers.)
 *
 * <h2>What is where</h2>
 *
 * <ul>
 *   <li>{@link io.neurobalancer.plan.PlanningProblem} states the problem: costs, switches, idle
 *       power, entry, forbidden settings, cuts, {@link io.neurobalancer.plan.SwitchLimit}s.
 *   <li>{@link io.neurobalancer.plan.LagrangianPlanner} and {@link
 *       io.neurobalancer.plan.ExactPlanner} solve it.
 *   <li>{@link io.neurobalancer.plan.JobPlanner} states and solves it for a job that recurs: it
 *       chooses where the clocks rest between jobs and reserves what waking up takes.
 *   <li>The others are rivals to beat.
 *   <li>{@link io.neurobalancer.plan.PlanChecker} recomputes what a {@link
 *       io.neurobalancer.plan.Plan} claims, sharing no code with any planner.
 *   <li>{@link io.neurobalancer.plan.Frontier}, {@link io.neurobalancer.plan.Explanation} and
 *       {@link io.neurobalancer.plan.SegmentExplanation} say what another deadline would cost and
 *       why each operator got its setting.
 * </ul>
 *
 * <p>Further reading: the Lagrangian bound is that of M. L. Fisher, "The Lagrangian Relaxation
 * Method for Solving Integer Programming Problems", Management Science 27(1), 1981; the search with
 * bounds and dominance that of resource-constrained shortest paths, S. Irnich and G. Desaulniers,
 * "Shortest Path Problems with Resource Constraints", in Column Generation, Springer 2005.
 */
@NullMarked
package io.neurobalancer.plan;

import org.jspecify.annotations.NullMarked;
