/** Files for nodes. */
@NullMarked
package io.entrepot.server.node;

import org.jspecify.annotations.NullMarked;
