/**
 * What can be set on a device: operating performance points (OPPs), the frequency domains that
 * share a clock, the grid of all settings over those domains, and what a switch costs.
 *
 * <p>A <em>setting</em> is one OPP per domain; for a core and a memory domain it is a frequency
 * pair. Settings are numbered, so that cost tables and planners work on flat arrays.
 */
@NullMarked
package io.neurobalancer.device;

import org.jspecify.annotations.NullMarked;
