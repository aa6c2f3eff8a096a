/** Benchmarks of the planner's own parts, which are not public. */
@NullMarked
package io.neurobalancer.plan;

import org.jspecify.annotations.NullMarked;
