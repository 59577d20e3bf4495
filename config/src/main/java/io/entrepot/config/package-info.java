/** One YAML file in, one immutable record out, or every problem in it. */
@NullMarked
package io.entrepot.config;

import org.jspecify.annotations.NullMarked;
