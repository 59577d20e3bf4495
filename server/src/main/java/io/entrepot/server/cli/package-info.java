/** The commands, one short class each. */
@NullMarked
package io.entrepot.server.cli;

import org.jspecify.annotations.NullMarked;
