/**
 * The command line: the only place that reads the wall clock, prints, or ends the process.
 *
 * <p>Data goes to standard output, everything else to standard error. Exit codes are those of
 * {@link io.neurobalancer.cli.ExitCode}.
 */
@NullMarked
package io.neurobalancer.cli;

import org.jspecify.annotations.NullMarked;
