/** What a client and an upstream look like from outside: a registry with faults, images of any size, raw HTTP. */
@NullMarked
package io.entrepot.loadtest;

import org.jspecify.annotations.NullMarked;
