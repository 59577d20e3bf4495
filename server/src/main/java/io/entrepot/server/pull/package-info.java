/** One pull: identify, decide, record, answer; knows no HTTP. */
@NullMarked
package io.entrepot.server.pull;

import org.jspecify.annotations.NullMarked;
