package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Caller;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A right holds for a caller and a repository, for a while, and only because the upstream showed it. */
class CallerRightsTest {

    private static final Repository APP = new Repository(Registry.DOCKER_HUB, "acme/app");
    private static final Repository OTHER = new Repository(Registry.DOCKER_HUB, "acme/other");
    private static final Caller ALICE = Caller.of("a", "alice", new Secret("wonderland"));
    private static final Caller BOB = Caller.of("b", "bob", new Secret("builder"));
    private static final Reading LATEST = new Reading.OfManifest(new Tag("latest"));

    private final AtomicLong nanos = new AtomicLong(1);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final CallerRights rights = new CallerRights(new Bulkhead(10), nanos::get);

    CallerRightsTest() {
        upstream.credentials = new Credentials.PassThrough(Duration.ofMinutes(15), Duration.ofHours(1));
        upstream.manifest("latest", "{}");
    }

    private CompletableFuture<Void> mayRead(Caller caller, Repository repository, Reading reading) {
        upstream.caller = caller.id();
        return rights.mayRead(upstream, repository, reading);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static RegistryException refusal(CompletableFuture<Void> refused) {
        assertThat(refused).isCompletedExceptionally();
        try {
            refused.join();
            throw new AssertionError("it is allowed");
        } catch (CompletionException e) {
            return (RegistryException) e.getCause();
        }
    }

    @Test
    void isAskedForOnceInItsTime() {
        mayRead(ALICE, APP, LATEST).join();
        passes(Duration.ofMinutes(14));
        mayRead(ALICE, APP, new Reading.OfTags()).join();
        mayRead(ALICE, APP, new Reading.OfBlob(Digest.of(new byte[1]))).join();
        assertThat(upstream.asked).containsExactly("HEAD latest");

        passes(Duration.ofMinutes(2));
        mayRead(ALICE, APP, LATEST).join();
        assertThat(upstream.asked).hasSize(2);
    }

    @Test
    void toSeeTheTagsIsNoneToReadThem() {
        mayRead(ALICE, APP, new Reading.OfTags()).join();
        mayRead(ALICE, APP, new Reading.OfTags()).join();
        assertThat(upstream.asked).as("tags are not counted here").isEmpty();

        mayRead(ALICE, APP, LATEST).join();
        assertThat(upstream.asked).containsExactly("HEAD latest");

        upstream.tags.clear();
        assertThat(refusal(mayRead(BOB, APP, new Reading.OfTags())).status())
                .as("an empty list shows nothing")
                .isEqualTo(404);
    }

    @Test
    void isShownByAGetWhereHeadDoesNotSayWhatThereIs() {
        upstream.headTells = false;
        mayRead(ALICE, APP, LATEST).join();
        assertThat(upstream.asked).containsExactly("HEAD latest", "GET latest");

        upstream.refusals.put("latest", new UpstreamException(Kind.REFUSED, "no"));
        assertThat(refusal(mayRead(BOB, APP, LATEST)).status()).isEqualTo(403);
    }

    @Test
    void holdsAtOnceWhereTheUpstreamIsNotAskedNow() {
        mayRead(ALICE, APP, LATEST).join();
        passes(Duration.ofMinutes(16));
        CompletableFuture<Void> never = new CompletableFuture<>();
        upstream.headGate = never;
        upstream.suspended = true;

        assertThat(mayRead(ALICE, APP, LATEST)).isCompleted();
        assertThat(mayRead(BOB, APP, LATEST)).isNotDone();
    }

    @Test
    void isNotWaitedForLongWhereTheUpstreamHangs() {
        mayRead(ALICE, APP, LATEST).join();
        passes(Duration.ofMinutes(16));
        upstream.headGate = new CompletableFuture<>();

        assertThat(mayRead(ALICE, APP, LATEST)).succeedsWithin(Duration.ofMinutes(1));
    }

    @Test
    void isNobodyElsesAndOfNoOtherRepository() {
        mayRead(ALICE, APP, LATEST).join();
        mayRead(BOB, APP, LATEST).join();
        mayRead(Caller.NOBODY, APP, LATEST).join();
        mayRead(ALICE, OTHER, LATEST).join();

        assertThat(upstream.asked).hasSize(4);
    }

    @Test
    void needNotBeShownWhereTheMirrorHasItsOwnLogin() {
        upstream.credentials = new Credentials.Anonymous();

        mayRead(Caller.NOBODY, APP, LATEST).join();

        assertThat(upstream.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_FOUND", "REFUSED"},
            mode = EnumSource.Mode.EXCLUDE)
    void holdsLongerWhereTheUpstreamCannotSay(Kind kind) {
        mayRead(ALICE, APP, LATEST).join();
        upstream.down = Optional.of(new UpstreamException(kind, "it cannot say"));

        passes(Duration.ofMinutes(74));
        mayRead(ALICE, APP, LATEST).join();
        assertThat(refusal(mayRead(BOB, APP, LATEST)).status()).isEqualTo(503);

        passes(Duration.ofMinutes(2));
        assertThat(refusal(mayRead(ALICE, APP, LATEST)).getMessage())
                .startsWith("whether you may read docker.io/acme/app cannot be found out now: ");
    }

    @Test
    void endsWithARefusal() {
        mayRead(ALICE, APP, LATEST).join();
        passes(Duration.ofMinutes(16));
        upstream.down = Optional.of(new UpstreamException(Kind.REFUSED, "no"));
        assertThat(refusal(mayRead(ALICE, APP, LATEST))).isInstanceOf(RegistryException.Denied.class);

        passes(Duration.ofSeconds(11));
        upstream.down = Optional.of(new UpstreamException(Kind.TIMEOUT, "no answer"));
        assertThat(refusal(mayRead(ALICE, APP, LATEST)).status()).isEqualTo(503);
    }

    @Test
    void endsWhereWhatWasThereIsNotFoundAnyMore() {
        mayRead(ALICE, APP, LATEST).join();
        passes(Duration.ofMinutes(16));
        upstream.down = Optional.of(new UpstreamException(Kind.NOT_FOUND, "no such thing, for you"));
        assertThat(refusal(mayRead(ALICE, APP, LATEST)).status()).isEqualTo(404);

        passes(Duration.ofSeconds(11));
        upstream.down = Optional.of(new UpstreamException(Kind.TIMEOUT, "no answer"));
        assertThat(refusal(mayRead(ALICE, APP, LATEST)).status()).isEqualTo(503);
    }

    @Test
    void isForgottenAfterARefusalOfAnythingElse() {
        mayRead(ALICE, APP, LATEST).join();
        mayRead(BOB, APP, LATEST).join();
        upstream.caller = ALICE.id();
        UpstreamException no = new UpstreamException(Kind.REFUSED, "not this blob");
        assertThat(rights.unlessRefused(CompletableFuture.failedFuture(no), upstream, APP))
                .isCompletedExceptionally();

        mayRead(BOB, APP, LATEST).join();
        assertThat(upstream.asked).hasSize(2);
        mayRead(ALICE, APP, LATEST).join();
        assertThat(upstream.asked).hasSize(3);
    }

    @Test
    void isNotShownByWhatIsNotThere() {
        Reading absent = new Reading.OfManifest(new ByDigest(Digest.of(new byte[3])));

        assertThat(refusal(mayRead(ALICE, APP, absent))).isInstanceOf(RegistryException.ManifestUnknown.class);
        mayRead(ALICE, APP, absent).exceptionally(failure -> null).join();
        assertThat(upstream.asked).as("remembered for ten seconds").hasSize(1);

        mayRead(ALICE, APP, LATEST).join();
        assertThat(upstream.asked).hasSize(2);
    }

    @Test
    void whoBringsNothingIsToldThatALoginIsMissing() {
        upstream.down = Optional.of(new UpstreamException(Kind.REFUSED, "docker.io: 401"));

        assertThat(refusal(mayRead(Caller.NOBODY, APP, LATEST)).status()).isEqualTo(401);
    }

    @Test
    void oneAsksForAllWhoWantTheSame() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        upstream.headGate = gate;
        CompletableFuture<Void> one = mayRead(ALICE, APP, LATEST);
        CompletableFuture<Void> two = mayRead(ALICE, APP, LATEST);
        gate.complete(null);

        CompletableFuture.allOf(one, two).join();
        assertThat(upstream.asked).hasSize(1);
    }

    @Test
    void aLoginIsNoText() {
        assertThat(ALICE.toString()).isEqualTo("***");
    }
}
