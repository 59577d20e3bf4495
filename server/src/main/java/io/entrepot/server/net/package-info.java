/** Our HTTP client on Netty: pools, TLS, address filter; knows no registry. */
@NullMarked
package io.entrepot.server.net;

import org.jspecify.annotations.NullMarked;
