/** Programs to copy from: one inference, a camera, two models on one machine. */
@NullMarked
package io.neurobalancer.examples;

import org.jspecify.annotations.NullMarked;
