/** Where records go besides the log: each sink follows it at its own pace, and goes on where it was. */
@NullMarked
package io.entrepot.server.audit.export;

import org.jspecify.annotations.NullMarked;
