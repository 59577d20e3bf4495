/** Who asks. */
@NullMarked
package io.entrepot.server.access;

import org.jspecify.annotations.NullMarked;
