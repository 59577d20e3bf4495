/** The store on a local disk: files that survive a crash at any instant, an index that can be lost. */
@NullMarked
package io.entrepot.storage.disk;

import org.jspecify.annotations.NullMarked;
