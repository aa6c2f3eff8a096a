/**
 * The laws of the mainline kernel, and of kernels that boards ship, one per file, each with its
 * source.
 */
@NullMarked
package io.neurobalancer.baselines.linux;

import org.jspecify.annotations.NullMarked;
