/** Whether what a mirror refuses is refused on a node, read from the configuration of what pulls there. */
@NullMarked
package io.entrepot.server.node.doctor;

import org.jspecify.annotations.NullMarked;
