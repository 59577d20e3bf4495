/** May this be pulled. */
@NullMarked
package io.entrepot.server.policy;

import org.jspecify.annotations.NullMarked;
