package io.entrepot.server.audit.tlog;

import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Has each checkpoint signed by a witness as well (C2SP tlog-witness), who signs none that does not follow from the one
 * before: whoever believes the witness need not believe us. It is sent a {@link GrowthProof}, by POST to {@code …/add-checkpoint}.
 */
public final class Witness implements CheckpointSink {

    private static final int LONGEST_ANSWER = 1 << 16;
    private static final int OK = 200;
    private static final int CONFLICT = 409;

    private final HttpClient http;
    private final URI address;
    private final VerifierKey key;
    private final Sealer sealer;
    private final Executor blocking;
    private volatile long known;

    /**
     * A witness to be asked for each checkpoint.
     *
     * @param prefix the witness' submission prefix
     * @param key its key, of type 4; signatures of others in its answers are passed over
     * @param sealer makes the proofs, and is told of the signatures
     * @param blocking where proofs are made, for which tiles may have to be read
     */
    public Witness(HttpClient http, URI prefix, VerifierKey key, Sealer sealer, Executor blocking) {
        if (!key.isWitness()) {
            throw new IllegalArgumentException("witness: " + key + " (expected: a key of type 4)");
        }
        this.http = http;
        this.address = URI.create(prefix.toString().replaceFirst("/*$", "") + "/add-checkpoint");
        this.key = key;
        this.sealer = sealer;
        this.blocking = blocking;
    }

    /** Fails with {@link WitnessFailure} if it does not sign, with what went wrong on the way otherwise. */
    @Override
    public CompletableFuture<Void> publish(SignedCheckpoint checkpoint) {
        return ask(checkpoint, known)
                .thenCompose(answer ->
                        answer.status == CONFLICT ? askFrom(checkpoint, size(answer)) : accept(checkpoint, answer));
    }

    private record Answer(int status, String body) {}

    /** The witness knows another size than we thought: after our restart, say. */
    private CompletableFuture<Void> askFrom(SignedCheckpoint checkpoint, long size) {
        if (size > checkpoint.head().size()) {
            throw new WitnessFailure(key.name() + " has signed a checkpoint of " + size + " records (expected: at most "
                    + checkpoint.head().size() + "): this is an older copy of the log, or there is another one");
        }
        return ask(checkpoint, size).thenCompose(answer -> accept(checkpoint, answer));
    }

    private CompletableFuture<Answer> ask(SignedCheckpoint checkpoint, long from) {
        return CompletableFuture.supplyAsync(() -> request(checkpoint, from), blocking)
                .thenCompose(body -> http.send(new HttpCall(
                        HttpCall.Method.POST,
                        address,
                        Map.of("Content-Type", "text/plain; charset=utf-8"),
                        body.getBytes(StandardCharsets.UTF_8))))
                .thenCompose(Witness::read);
    }

    private static CompletableFuture<Answer> read(HttpReply reply) {
        return reply.body(LONGEST_ANSWER)
                .thenApply(body -> new Answer(reply.status(), new String(body, StandardCharsets.UTF_8)));
    }

    private String request(SignedCheckpoint checkpoint, long from) {
        try {
            List<Hash> path = sealer.tree().consistency(from, checkpoint.head().size());
            return new GrowthProof(from, path, checkpoint).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long size(Answer answer) {
        try {
            return Bytes.decimal(answer.body.strip());
        } catch (IllegalArgumentException e) {
            throw new WitnessFailure(key.name() + " answered 409 with " + Bytes.shown(answer.body)
                    + " (expected: the size that it knows)");
        }
    }

    private CompletableFuture<Void> accept(SignedCheckpoint checkpoint, Answer answer) {
        if (answer.status != OK) {
            throw new WitnessFailure(key.name() + " answered " + answer.status + ": " + Bytes.shown(answer.body)
                    + " (expected: 200 and its signature)");
        }
        List<Note.Signature> own = signatures(checkpoint, answer);
        known = checkpoint.head().size();
        sealer.cosigned(checkpoint, own);
        return CompletableFuture.completedFuture(null);
    }

    private List<Note.Signature> signatures(SignedCheckpoint checkpoint, Answer answer) {
        try {
            List<Note.Signature> own =
                    Note.lines(answer.body).stream().filter(key::made).limit(1).toList();
            boolean signed = !new Note(checkpoint.note().text(), own)
                    .verify(List.of(key))
                    .isEmpty();
            if (signed) {
                return own;
            }
        } catch (IllegalArgumentException | BadSignature e) {
            throw new WitnessFailure(key.name() + ": " + e.getMessage());
        }
        throw new WitnessFailure(
                key.name() + " has sent no signature with " + key + ", but: " + Bytes.shown(answer.body));
    }
}
