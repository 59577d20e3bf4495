/** Speaking to Amazon's services: signatures, and where the keys for them come from; knows no registry. */
@NullMarked
package io.entrepot.server.aws;

import org.jspecify.annotations.NullMarked;
