/** JMH benchmarks and side-by-side comparisons; their results are kept in {@code results/}. */
@NullMarked
package io.neurobalancer.benchmarks;

import org.jspecify.annotations.NullMarked;
