/** The few numerical methods that fitting costs needs, for small dense problems. */
@NullMarked
package io.neurobalancer.cost.math;

import org.jspecify.annotations.NullMarked;
