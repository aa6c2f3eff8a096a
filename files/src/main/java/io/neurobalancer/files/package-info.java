/**
 * Device profiles: what is known about a device, each figure with its source, as JSON of the schema
 * {@code neurobalancer/device/1}.
 *
 * <p>Each section names its source. A source text begins with the identifiers of entries under
 * {@code sources} ({@code S2: ...}), or with {@code derived:} and the formula, or with {@code
 * assumed:} and the reason. A file is checked when it is loaded; what is wrong with it is reported
 * with the file and the path of the field.
 */
@NullMarked
package io.neurobalancer.files;

import org.jspecify.annotations.NullMarked;
