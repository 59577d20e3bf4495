/** Brings content in by digest or tag: plan, revalidate, fill, relay; knows no client, no policy. */
@NullMarked
package io.entrepot.server.content;

import org.jspecify.annotations.NullMarked;
