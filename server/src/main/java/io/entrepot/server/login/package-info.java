/** Who we are to an upstream: files, programs and clouds that know it; knows nothing of how registries are spoken to. */
@NullMarked
package io.entrepot.server.login;

import org.jspecify.annotations.NullMarked;
