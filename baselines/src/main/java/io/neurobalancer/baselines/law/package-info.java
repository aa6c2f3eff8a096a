/**
 * What laws of governors are made of: the hardware that they are told about, clocks, counter
 * windows, the skeletons of governors that are polled or that a scheduler drives, and the ways to
 * create them by name.
 */
@NullMarked
package io.neurobalancer.baselines.law;

import org.jspecify.annotations.NullMarked;
