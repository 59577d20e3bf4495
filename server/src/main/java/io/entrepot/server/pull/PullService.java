package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Reading;
import io.entrepot.server.policy.Canary;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.trust.Trust;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One pull, from the names that a client sent to the answer that it gets: who asks, may they by the names, what is it,
 * may they by the content, and on record. Every future fails with a {@link RegistryException}, or it is a defect.
 */
public final class PullService {

    private final Supplier<Settings> settings;
    private final Content content;
    private final Recorder recorder;
    private final Notebook notebook;
    private final Decisions decisions;
    private final TagPages tagPages;
    private final ManifestPulls manifests;
    private final BlobPulls blobs;

    public PullService(
            Supplier<Settings> settings,
            Content content,
            Trust trust,
            AuditLog audit,
            Notebook notebook,
            Decisions decisions) {
        this.settings = settings;
        this.content = content;
        this.recorder = new Recorder(audit, notebook, decisions);
        this.notebook = notebook;
        this.decisions = decisions;
        this.tagPages = new TagPages(content);
        InUse inUse = new InUse();
        this.manifests = new ManifestPulls(content, trust, recorder, inUse);
        this.blobs = new BlobPulls(content, recorder, manifests, inUse);
    }

    /** A manifest or a blob. */
    public CompletableFuture<Answer> pull(PullRequest request) {
        return begin(
                request.address(),
                request.client(),
                Wanted.of(request.target()),
                request.target().match(Reading.OfManifest::new, Reading.OfBlob::new),
                request.head(),
                pull -> request.target()
                        .match(
                                reference -> manifests.answer(pull, reference),
                                digest -> blobs.answer(pull, digest, request.head())));
    }

    /** A page of tags. */
    public CompletableFuture<TagList> tags(TagsRequest request) {
        return begin(
                request.address(),
                request.client(),
                Wanted.TAGS,
                new Reading.OfTags(),
                false,
                pull -> recorder.allowed(
                        pull,
                        pull.judge().anything(),
                        (rule, grounds) ->
                                listed(grounds, recorder.brought(pull, tagPages.page(pull.route(), request)))));
    }

    /** A page of the manifests that refer to another. Who may not pull that is not told who speaks of it. */
    public CompletableFuture<Referring> referrers(ReferrersRequest request) {
        Digest subject = request.subject();
        return begin(
                request.address(),
                request.client(),
                Wanted.referrers(subject),
                new Reading.OfManifest(new ByDigest(subject)),
                false,
                pull -> manifests.allowed(
                        pull,
                        new ByDigest(subject),
                        grounds -> listed(
                                        grounds,
                                        recorder.brought(
                                                pull, content.referrers(pull.upstream(), pull.repository(), subject)))
                                .thenApply(list -> ReferrerPages.page(pull.repository(), request, list))));
    }

    private <T> CompletableFuture<T> listed(Grounds grounds, CompletableFuture<T> list) {
        decisions.allowed(grounds);
        return list;
    }

    private <T> CompletableFuture<T> begin(
            Address address,
            Client client,
            Wanted wanted,
            Reading reading,
            boolean head,
            Function<Pull, CompletableFuture<T>> next) {
        Settings now = settings.get();
        long began = System.nanoTime();
        Request<T> request = new Request<>(address, client, wanted, reading, head, began, next);
        return client.isOperator()
                ? route(now, new Principal.Operator(), request)
                : identified(now, client, address.asked()).thenCompose(principal -> route(now, principal, request));
    }

    /** What somebody asks for, before it is known who they are and what it means. */
    private record Request<T>(
            Address address,
            Client client,
            Wanted wanted,
            Reading reading,
            boolean head,
            long began,
            Function<Pull, CompletableFuture<T>> next) {

        String asked() {
            return address.asked(wanted.within());
        }

        Pull pull(Settings settings, Route route, Principal principal, Judge judge) {
            return new Pull(settings, route, principal, client, wanted, asked(), head, began, judge);
        }
    }

    /** Who asks, or on record that they could not prove it. */
    private CompletableFuture<Principal> identified(Settings now, Client client, String asked) {
        Principal unknown = new Principal.Peer(client.address(), client.peer());
        return onRecord(now.access().identify(client.offer()), unknown, client, asked);
    }

    /** What comes, or on record that it was refused before it was known what it is about. */
    private <T> CompletableFuture<T> onRecord(
            CompletableFuture<T> coming, Principal principal, Client client, String asked) {
        return coming.exceptionallyCompose(failure -> {
            Throwable cause = Causes.of(failure);
            return cause instanceof RegistryException told
                    ? recorder.unroutable(principal, client, asked, told)
                    : CompletableFuture.failedFuture(cause);
        });
    }

    /** Whether a registry is here: some clients ask it to learn how they are to log in. Complete with who asked, in words. */
    public CompletableFuture<String> ping(Client client) {
        Settings now = settings.get();
        return identified(now, client, "/v2/").thenApply(principal -> {
            now.access().greeting(principal).ifPresent(question -> {
                throw question;
            });
            return principal.shown();
        });
    }

    /** A token to pull with, for whoever proves who they are, and for nobody in particular. */
    public CompletableFuture<Token> token(TokenRequest request) {
        Settings now = settings.get();
        if (!now.access().canBeAsked()) {
            return CompletableFuture.failedFuture(
                    new RegistryException.NameUnknown("no such route: no tokens are given out here"));
        }
        long edition = now.access().edition();
        Map<Repository, Route> routes = request.routes(now.router());
        boolean callers = CallerLogins.isMeant(request.client(), routes.values());
        // a login of nobody here is not looked at: those who have one for an upstream send it for all that they pull
        Client client = callers || !now.access().canLogIn() ? request.client().with("") : request.client();
        return identified(now, client, "/token")
                .thenCompose(principal -> callers
                        ? onRecord(
                                CallerLogins.token(
                                        now.access(),
                                        principal,
                                        request.client(),
                                        Set.copyOf(routes.values()),
                                        edition),
                                principal,
                                request.client(),
                                "/token")
                        : CompletableFuture.completedFuture(now.access().token(principal, routes.keySet(), edition)))
                .thenApply(token -> new Token(token.value(), token.lifetime()));
    }

    private <T> CompletableFuture<T> route(Settings now, Principal principal, Request<T> request) {
        Route route;
        try {
            route = Payers.paid(now.router().route(request.address), principal, CallerLogins.of(principal));
        } catch (RegistryException e) {
            return recorder.unroutable(principal, request.client, request.asked(), e);
        }
        Pull pull = request.pull(now, route, principal, judge(now, route, principal));
        if (Canary.is(pull.repository())) {
            return recorder.refuse(pull, Canary.RULE, new RegistryException.Denied(Canary.MESSAGE));
        }
        return now.access()
                .refusal(principal, pull.upstream().config())
                .or(() -> now.access().refusal(principal, pull.repository(), () -> absent(pull)))
                .map(refusal -> recorder.<T>refuse(pull, refusal))
                .orElseGet(() -> route.isPassThrough()
                        ? shown(pull, request.reading).thenCompose(done -> observed(pull, request.next))
                        : observed(pull, request.next));
    }

    /** The upstream lets them read what they want, or on record that it does not. */
    private CompletableFuture<Void> shown(Pull pull, Reading reading) {
        Principal principal = pull.principal();
        if (principal instanceof Principal.Operator) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<RegistryException> question = pull.settings().access().login(principal, pull.repository());
        if (question.isPresent()) {
            return recorder.refuse(pull, question.get());
        }
        CompletableFuture<Void> shown = content.mayRead(pull.upstream(), pull.repository(), reading);
        return recorder.brought(pull, shown.whenComplete((done, failure) -> CallerLogins.tell(pull, failure)));
    }

    /** What an upstream's "not found" becomes, for what is to seem not to be there. */
    private static RegistryException absent(Pull pull) {
        String message =
                pull.wanted().name(pull.repository()) + ": " + pull.repository().registry() + ": 404 not found";
        return switch (pull.wanted().kind()) {
            case "blob" -> new RegistryException.BlobUnknown(message);
            case "tags" -> new RegistryException.NameUnknown(message);
            default -> new RegistryException.ManifestUnknown(message);
        };
    }

    private Judge judge(Settings now, Route route, Principal principal) {
        Moment moment = new Moment(Instant.now(), content.trustedNow());
        return new Judge(content, now.policy(), route.upstream(), route.repository(), Askers.of(principal), moment);
    }

    private <T> CompletableFuture<T> observed(Pull pull, Function<Pull, CompletableFuture<T>> next) {
        CompletableFuture<T> answer = next.apply(pull);
        return pull.upstream().config().observe()
                ? answer.whenComplete((given, failure) -> notebook.observed(pull.repository(), failure == null))
                : answer;
    }
}
