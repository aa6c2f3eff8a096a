/** Benchmarks of the planner's own parts, which are not public. */
@NullMarked
package io.neurobalancer.planner;

import org.jspecify.annotations.NullMarked;
