/** What it takes to run the tests of {@code core} on its dex file, on a Java virtual machine. */
@NullMarked
package io.neurobalancer.dex;

import org.jspecify.annotations.NullMarked;
