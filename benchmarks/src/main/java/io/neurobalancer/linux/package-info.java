/** Benchmarks of the real target that need its package. */
@NullMarked
package io.neurobalancer.linux;

import org.jspecify.annotations.NullMarked;
