/**
 * Governors decide and never act: they read no clock and write no file, so the same object drives a
 * simulated and a real device.
 *
 * <p>What a governor may touch is declared here as ports: an {@link
 * io.neurobalancer.governor.Actuator} asks a frequency domain for an OPP, a {@link
 * io.neurobalancer.governor.LoadMeter} reads the counters that kernel governors read, an {@link
 * io.neurobalancer.governor.EnergyMeter} reads joules. The time is an argument of every call.
 */
@NullMarked
package io.neurobalancer.governor;

import org.jspecify.annotations.NullMarked;
