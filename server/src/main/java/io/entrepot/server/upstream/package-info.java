/** Speaking registry: tokens, retries, endpoints. */
@NullMarked
package io.entrepot.server.upstream;

import org.jspecify.annotations.NullMarked;
