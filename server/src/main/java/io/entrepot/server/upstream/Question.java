package io.entrepot.server.upstream;

import io.entrepot.oci.Repository;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One thing to ask of a repository: what is sent, which statuses are an answer, and what the answer means. */
interface Question<T> {

    Endpoint endpoint();

    Method method();

    Repository repository();

    /** What follows the repository in the path, with its query. */
    String path();

    default Map<String, String> headers() {
        return Map.of();
    }

    default Set<Integer> wanted() {
        return Set.of(200);
    }

    /** The same by a request that no upstream counts, if there is one: its answer shows what is left, too. */
    default Optional<Question<?>> uncounted() {
        return Optional.empty();
    }

    /** Looks at the head of a 2xx. @throws WrongAnswer if it cannot be right */
    default void check(HttpReply reply) {}

    /**
     * The meaning of an answer with a status that is wanted. Takes a 2xx over: reads it to its end, so that the
     * connection serves again (a HEAD has an end, too), or closes it. Of anything else the body was read already.
     */
    CompletableFuture<T> read(HttpReply reply);
}
