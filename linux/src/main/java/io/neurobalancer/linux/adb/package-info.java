/**
 * A phone behind adb as a Linux board.
 *
 * <ul>
 *   <li>{@link io.neurobalancer.linux.adb.AdbServer} speaks to the user's own adb server, {@link
 *       io.neurobalancer.linux.adb.AdbShell} and {@link io.neurobalancer.linux.adb.AdbSync} to one
 *       phone through it.
 *   <li>{@link io.neurobalancer.linux.adb.Phone} is one phone with one long-lived shell, as root
 *       where the phone allows that; {@link io.neurobalancer.linux.adb.AdbSysfs} carries reads over
 *       it.
 *   <li>{@link io.neurobalancer.linux.adb.Guard} is the only way to write: a program on the phone
 *       that holds the journal and gives the clocks back by itself.
 *   <li>{@link io.neurobalancer.linux.adb.Bundle} brings this project to the phone, where jobs run.
 * </ul>
 */
@NullMarked
package io.neurobalancer.linux.adb;

import org.jspecify.annotations.NullMarked;
