package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.ScriptedRegistry.Request;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A 429 to one of several callers who bring logins of their own. */
class CallersLimitTest {

    private static final Credentials THEIRS = new Credentials.PassThrough(Duration.ofMinutes(15), Duration.ofHours(1));
    private static final String RETRY_AFTER = "Retry-After: 21600";
    private static final Caller ALICE = caller("alice");
    private static final Caller BOB = caller("bob");
    private static final Caller CAROL = caller("carol");

    @Test
    void stopsThatCallerAlone() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> byPassword(request, "alice"));
                Bench bench = Bench.at(registry.url(), THEIRS)) {
            assertThat(kind(bench, ALICE)).isEqualTo(Kind.RATE_LIMITED);

            assertThat(kind(bench, ALICE)).isEqualTo(Kind.WITHHELD);
            assertThat(kind(bench, BOB)).isEqualTo(Kind.NOT_FOUND);
            assertThat(kind(bench, Caller.NOBODY)).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void isRememberedForAsLongAsItHolds() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> byPassword(request, "alice"));
                Bench bench = Bench.at(registry.url(), THEIRS)) {
            assertThat(kind(bench, ALICE)).isEqualTo(Kind.RATE_LIMITED);
            bench.pass(Duration.ofHours(5));

            assertThat(kind(bench, ALICE)).isEqualTo(Kind.WITHHELD);
        }
    }

    @Test
    void stopsEverybodyForAWhileIfItIsSaidToAnotherOneToo() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> byPassword(request, "alice", "bob"));
                Bench bench = Bench.at(registry.url(), THEIRS)) {
            assertThat(kind(bench, ALICE)).isEqualTo(Kind.RATE_LIMITED);
            assertThat(kind(bench, BOB)).isEqualTo(Kind.RATE_LIMITED);

            assertThat(kind(bench, CAROL)).isEqualTo(Kind.WITHHELD);
            bench.pass(Duration.ofMinutes(5));
            assertThat(kind(bench, CAROL)).isEqualTo(Kind.NOT_FOUND);
            assertThat(kind(bench, BOB)).isEqualTo(Kind.WITHHELD);
        }
    }

    @Test
    void ofTheTokenServerStopsThatCallerAlone() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> byToken(request, "alice"));
                Bench bench = Bench.at(registry.url(), THEIRS)) {
            assertThat(kind(bench, ALICE)).isEqualTo(Kind.RATE_LIMITED);
            bench.pass(Duration.ofSeconds(3));
            assertThat(kind(bench, ALICE)).isEqualTo(Kind.WITHHELD);

            assertThat(kind(bench, BOB)).isEqualTo(Kind.NOT_FOUND);
            assertThat(kind(bench, Caller.NOBODY)).isEqualTo(Kind.NOT_FOUND);
        }
    }

    private static Kind kind(Bench bench, Caller caller) {
        Errand errand = new Errand(Payer.NOBODY, caller, false);
        return failure(bench.upstream.on(errand).manifest(ALPINE, LATEST)).kind();
    }

    private static Caller caller(String name) {
        return Caller.of("id-" + name, name, new Secret("s3cret"));
    }

    /** Wants a password, finds these users too fast, and has nothing. */
    private static Answer byPassword(Request request, String... tooFast) {
        if (request.header("Authorization").isEmpty()) {
            return Answer.of(401, "WWW-Authenticate: Basic realm=\"here\"");
        }
        return isOf(request, tooFast) ? Answer.of(429, RETRY_AFTER) : Answer.of(404);
    }

    /** The same, with a token server, which says it. */
    private static Answer byToken(Request request, String... tooFast) {
        if (request.isFor("/token")) {
            return isOf(request, tooFast) ? Answer.of(429, RETRY_AFTER) : Answer.json(200, "{\"token\":\"t\"}");
        }
        return request.header("Authorization").isEmpty()
                ? Answer.of(401, "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host") + "/token\"")
                : Answer.of(404);
    }

    private static boolean isOf(Request request, String... users) {
        for (String user : users) {
            if (request.header("Authorization").equals(BasicAuth.header(user, "s3cret"))) {
                return true;
            }
        }
        return false;
    }
}
