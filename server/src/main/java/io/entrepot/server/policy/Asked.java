package io.entrepot.server.policy;

import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;

/** What is asked for, by name, and by whom. */
public record Asked(Repository repository, Reference reference, Asker asker) {}
