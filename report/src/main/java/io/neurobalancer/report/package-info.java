/**
 * Results as people and programs read them: text tables, {@code summary.json}, plan files, and a
 * self-contained HTML page. Nothing here computes a result.
 */
@NullMarked
package io.neurobalancer.report;

import org.jspecify.annotations.NullMarked;
