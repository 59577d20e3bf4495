/** A fleet of clients against one mirror, for long: what it asks for, what it sees, what the mirror costs meanwhile. */
package io.entrepot.loadtest.soak;
