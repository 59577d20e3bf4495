/** The log on standard output: one line for each event, as JSON or text. */
@NullMarked
package io.entrepot.server.log;

import org.jspecify.annotations.NullMarked;
