/** The wire: pipeline, parsing a request, slicing a body into ranges, writing an answer or an error. */
@NullMarked
package io.entrepot.server.http;

import org.jspecify.annotations.NullMarked;
