/**
 * Real devices: the clocks and meters that Linux offers in sysfs, setting them, and giving them
 * back whatever happens.
 *
 * <ul>
 *   <li>{@link io.neurobalancer.linux.Sysfs} carries reads and writes; nothing else touches a file
 *       of the kernel.
 *   <li>{@link io.neurobalancer.linux.Discovery} finds clocks and meters and only reads. {@link
 *       io.neurobalancer.linux.Doctor} says what is missing.
 *   <li>{@link io.neurobalancer.linux.ControlSession} is the only way to write: lock, journal,
 *       supervisor, and restoring.
 *   <li>{@link io.neurobalancer.linux.LinuxTarget} runs jobs.
 * </ul>
 *
 * <p>The semantics of the files (what is clamped, rounded, late, forgotten or silently refused) are
 * those of Linux 6.1, seen on a real kernel.
 */
@NullMarked
package io.neurobalancer.linux;

import org.jspecify.annotations.NullMarked;
