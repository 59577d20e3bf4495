/** A journal of records: in order, numbered, on the disk before anybody is told. Knows nothing of what a record says. */
@NullMarked
package io.entrepot.server.audit.journal;

import org.jspecify.annotations.NullMarked;
