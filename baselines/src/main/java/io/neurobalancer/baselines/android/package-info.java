/** The laws of Android vendors' kernels, one per file, each with its source. */
@NullMarked
package io.neurobalancer.baselines.android;

import org.jspecify.annotations.NullMarked;
