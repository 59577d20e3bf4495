/** The benchmark: servers pinned to one core, load from another, server CPU for each unit of work, ratios of medians. */
@NullMarked
package io.entrepot.loadtest.bench;

import org.jspecify.annotations.NullMarked;
