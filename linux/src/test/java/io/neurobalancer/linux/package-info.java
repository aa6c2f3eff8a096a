/** Tests of the real target against doubles of a kernel, in virtual time, and against processes. */
@NullMarked
package io.neurobalancer.linux;

import org.jspecify.annotations.NullMarked;
