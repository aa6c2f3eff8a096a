/** Governors of published research, one per file, as we understand each paper. */
@NullMarked
package io.neurobalancer.baselines.research;

import org.jspecify.annotations.NullMarked;
