/** The process that answers: Parquet made of records, and DuckDB asked about it. Never loaded where pulls are served. */
@NullMarked
package io.entrepot.server.audit.query.duck;

import org.jspecify.annotations.NullMarked;
