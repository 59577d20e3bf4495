/** Health, metrics, admin API. */
@NullMarked
package io.entrepot.server.admin;

import org.jspecify.annotations.NullMarked;
