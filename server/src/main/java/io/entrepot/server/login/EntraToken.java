package io.entrepot.server.login;

import io.entrepot.config.AzureIdentity;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.Form;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Access tokens of Entra ID for Azure's registries. */
abstract sealed class EntraToken implements AutoCloseable {

    private static final String AUDIENCE = "https://containerregistry.azure.net/";
    private static final int LARGEST = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final HttpClient client;

    private EntraToken(HttpClient client) {
        this.client = client;
    }

    /**
     * @param registry how far the client of the registry may go: its proxy is that of Entra ID, too; the machine's metadata
     *     are asked without one
     * @throws IllegalArgumentException if the environment does not say what the configuration leaves to it
     */
    static EntraToken open(AzureIdentity identity, Egress registry, Machine machine) {
        if (identity instanceof AzureIdentity.Managed managed) {
            return new OfMachine(managed, machine);
        }
        return identity instanceof AzureIdentity.Workload workload
                ? OfPrincipal.of(workload, registry, machine)
                : OfPrincipal.of((AzureIdentity.ClientSecret) identity, registry, machine);
    }

    abstract CompletableFuture<Lease<AccessToken>> fetch();

    /** The tenant, or empty if it is not known. */
    abstract String tenant();

    @Override
    public void close() {
        client.close();
    }

    /** Of the identity of the machine, from its metadata service. */
    private static final class OfMachine extends EntraToken {

        private static final String WHO = "Azure's metadata service";
        private final URI uri;

        OfMachine(AzureIdentity.Managed managed, Machine machine) {
            this(managed, machine, host(machine));
        }

        private OfMachine(AzureIdentity.Managed managed, Machine machine, String host) {
            super(machine.clients().only(Set.of(host.replaceFirst(":[0-9]+$", "")), PATIENCE));
            String client =
                    managed.client().map(id -> "&client_id=" + Form.encoded(id)).orElse("");
            this.uri = URI.create("http://" + host + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                    + Form.encoded(AUDIENCE) + client);
        }

        /** {@code AZURE_POD_IDENTITY_AUTHORITY_HOST} is another address of it, as Azure's own clients have it. */
        private static String host(Machine machine) {
            String named = machine.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST").replaceFirst("^http://", "");
            return named.isEmpty() ? "169.254.169.254" : named.replaceFirst("/.*$", "");
        }

        @Override
        CompletableFuture<Lease<AccessToken>> fetch() {
            return HttpAnswer.of(client, HttpCall.get(uri, Map.of("Metadata", "true")), LARGEST)
                    .thenApply(answer -> AccessToken.parse(answer, WHO));
        }

        @Override
        String tenant() {
            return "";
        }
    }

    /** Of a service principal, for its secret or for a federated token that is read from a file each time. */
    private static final class OfPrincipal extends EntraToken {

        private static final String WHO = "Entra ID";
        private static final String JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

        private final String tenant;
        private final String clientId;
        private final Proof proof;
        private final URI uri;

        /** What proves who the principal is: fields of the form. */
        private interface Proof {
            CompletableFuture<Map<String, String>> fields();
        }

        private OfPrincipal(String tenant, String clientId, Proof proof, Egress registry, Machine machine) {
            super(machine.clients().to(Egress.toVendor(PATIENCE, registry.proxy())));
            String named = machine.variable("AZURE_AUTHORITY_HOST").replaceFirst("/+$", "");
            String authority = named.isEmpty() ? "https://login.microsoftonline.com" : named;
            this.tenant = tenant;
            this.clientId = clientId;
            this.proof = proof;
            this.uri = URI.create(authority + "/" + tenant + "/oauth2/v2.0/token");
        }

        static OfPrincipal of(AzureIdentity.ClientSecret secret, Egress registry, Machine machine) {
            Proof proof = () -> SmallFile.secret(secret.secret(), machine.blocking())
                    .thenApply(current -> Map.of("client_secret", current.reveal()));
            return new OfPrincipal(secret.tenant(), secret.client(), proof, registry, machine);
        }

        static OfPrincipal of(AzureIdentity.Workload workload, Egress registry, Machine machine) {
            String tenant = given(workload.tenant(), "AZURE_TENANT_ID", machine);
            String client = given(workload.client(), "AZURE_CLIENT_ID", machine);
            Path file = Path.of(given(workload.token().map(Path::toString), "AZURE_FEDERATED_TOKEN_FILE", machine));
            Proof proof = () -> SmallFile.text(file, machine.blocking())
                    .thenApply(token -> Map.of("client_assertion_type", JWT, "client_assertion", token.strip()));
            return new OfPrincipal(tenant, client, proof, registry, machine);
        }

        private static String given(Optional<String> written, String variable, Machine machine) {
            String value = written.orElse(machine.variable(variable));
            if (value.isEmpty()) {
                throw new IllegalArgumentException(
                        variable + " is not set (expected: by workload identity, or in the configuration)");
            }
            return value;
        }

        @Override
        CompletableFuture<Lease<AccessToken>> fetch() {
            return proof.fields().thenCompose(proven -> {
                Map<String, String> form = new LinkedHashMap<>(proven);
                form.put("grant_type", "client_credentials");
                form.put("client_id", clientId);
                form.put("scope", AUDIENCE + ".default");
                return HttpAnswer.of(client, Form.post(uri, form), LARGEST)
                        .thenApply(answer -> AccessToken.parse(answer, WHO));
            });
        }

        @Override
        String tenant() {
            return tenant;
        }
    }
}
