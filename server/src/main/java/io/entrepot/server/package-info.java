/** Main, wiring, order of start and stop, reload; no logic. */
@NullMarked
package io.entrepot.server;

import org.jspecify.annotations.NullMarked;
