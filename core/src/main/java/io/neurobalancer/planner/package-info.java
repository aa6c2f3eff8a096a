/**
 * Chooses a setting per operator so that a deadline holds at the least energy, and proves how good
 * the choice is.
 */
@NullMarked
package io.neurobalancer.planner;

import org.jspecify.annotations.NullMarked;
