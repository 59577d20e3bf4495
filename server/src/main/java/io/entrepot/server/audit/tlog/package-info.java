/** The tamper-evident log over records that somebody else has made durable: RFC 6962 trees in the layout of C2SP. */
@NullMarked
package io.entrepot.server.audit.tlog;

import org.jspecify.annotations.NullMarked;
