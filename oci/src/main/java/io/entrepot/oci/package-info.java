/** The nouns of the distribution spec as values; no I/O. */
@NullMarked
package io.entrepot.oci;

import org.jspecify.annotations.NullMarked;
