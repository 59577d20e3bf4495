/** What can be asked of a mirror, or of what it left on disk: the fate of an image reference, the content of the cache. */
@NullMarked
package io.entrepot.server.inspect;

import org.jspecify.annotations.NullMarked;
