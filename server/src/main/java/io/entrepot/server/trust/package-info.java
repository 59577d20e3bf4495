/** Signatures and attestations: evidence for a verdict. */
@NullMarked
package io.entrepot.server.trust;

import org.jspecify.annotations.NullMarked;
