/** What happened. */
@NullMarked
package io.entrepot.server.audit;

import org.jspecify.annotations.NullMarked;
