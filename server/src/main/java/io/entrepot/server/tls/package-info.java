/** The data port's certificate: read from files and read again when they change, or made by ourselves. */
@NullMarked
package io.entrepot.server.tls;

import org.jspecify.annotations.NullMarked;
