/** Content by digest, tags and their history, links, eviction, scrub. What is here may block; it knows no HTTP. */
@NullMarked
package io.entrepot.storage;

import org.jspecify.annotations.NullMarked;
