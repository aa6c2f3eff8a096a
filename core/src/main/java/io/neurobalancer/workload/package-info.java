/**
 * What a model asks of a device: its operators in execution order, each with its kind, FLOPs, bytes
 * and shapes, and nothing about any device.
 */
@NullMarked
package io.neurobalancer.workload;

import org.jspecify.annotations.NullMarked;
