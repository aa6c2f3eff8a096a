/**
 * Prediction and planning judged by measurements that other people made and published: each dataset
 * is read as its authors wrote it, a few points of it train, and the rest judges.
 */
@NullMarked
package io.neurobalancer.evaluation.validation;

import org.jspecify.annotations.NullMarked;
