/**
 * Core and memory frequencies chosen per operator, so that a DNN inference finishes just in time
 * with the least energy: {@link io.neurobalancer.NeuroBalancer} leads from a device to a plan.
 */
@NullMarked
package io.neurobalancer;

import org.jspecify.annotations.NullMarked;
