package io.entrepot.config;

import java.nio.file.Path;
import java.util.Optional;

/** Who we are to Entra ID, which gives out the tokens that an Azure registry takes. */
public sealed interface AzureIdentity {

    /** A service principal with a client secret. */
    record ClientSecret(String tenant, String client, Secret secret) implements AzureIdentity {}

    /** A federated token from a file, read for each request; empty: what {@code AZURE_CLIENT_ID} and its kin say. */
    record Workload(Optional<String> tenant, Optional<String> client, Optional<Path> token) implements AzureIdentity {}

    /** The identity of the machine, from its metadata service; {@code client} chooses among several. */
    record Managed(Optional<String> client) implements AzureIdentity {}
}
