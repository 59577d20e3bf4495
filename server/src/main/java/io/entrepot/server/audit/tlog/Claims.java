package io.entrepot.server.audit.tlog;

import io.entrepot.server.audit.tlog.Finding.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every checkpoint against which a log is held, in the order of their sizes; those that are none are findings. */
final class Claims implements AutoCloseable {

    private final VerifyRequest request;
    private final Report report;
    private final List<VerifierKey> keys;
    private final List<KeyPeriod> beside;
    private final History.Reader history;
    private final List<Claim> others = new ArrayList<>();
    private @Nullable Claim next;
    private long historySize;
    private Optional<Claim> lastOfHistory = Optional.empty();
    private boolean historyOver;
    private long olderKeys = -1;

    private Claims(VerifyRequest request, Report report) throws IOException {
        this.request = request;
        this.report = report;
        this.beside = KeyList.read(request.sealed());
        this.keys =
                request.keys().isEmpty() ? beside.stream().map(KeyPeriod::key).toList() : request.keys();
        this.history = History.read(request.sealed());
    }

    static Claims of(VerifyRequest request, Report report) throws IOException {
        Claims claims = new Claims(request, report);
        for (VerifyRequest.Brought brought : request.brought()) {
            claims.claim(brought.name(), true, false, brought.note(), Optional.empty())
                    .ifPresent(claims.others::add);
        }
        for (String own : List.of("checkpoint", "cosigned")) {
            claims.own(own).ifPresent(claims.others::add);
        }
        claims.others.sort(Comparator.comparingLong(claim -> claim.head().size()));
        claims.next = claims.read();
        return claims;
    }

    private Optional<Claim> own(String name) throws IOException {
        Optional<byte[]> note =
                name.equals("checkpoint") ? LogHead.read(request.sealed()) : LogHead.readCosigned(request.sealed());
        return note.isEmpty()
                ? Optional.empty()
                : claim(name, false, name.equals("cosigned"), note.get(), Optional.empty());
    }

    /** The size of the next one; the largest number if there is none. */
    long nextSize() {
        long own = next == null ? Long.MAX_VALUE : next.head().size();
        return others.isEmpty() ? own : Math.min(own, others.get(0).head().size());
    }

    /** All that speak of this size, those of the history first. */
    List<Claim> take(long size) {
        List<Claim> taken = new ArrayList<>();
        while (next != null && next.head().size() <= size) {
            taken.add(next);
            next = read();
        }
        while (!others.isEmpty() && others.get(0).head().size() <= size) {
            taken.add(others.remove(0));
        }
        return taken;
    }

    /** The next of the history that is a checkpoint at all. */
    private @Nullable Claim read() {
        while (!historyOver) {
            try {
                Optional<History.Entry> entry = history.next();
                if (entry.isEmpty()) {
                    historyOver = true;
                    break;
                }
                Optional<Claim> claim = claim(
                        "history of " + entry.get().time(),
                        false,
                        true,
                        entry.get().note(),
                        Optional.of(entry.get().time()));
                if (claim.isPresent()) {
                    return inOrder(claim.get());
                }
            } catch (IOException e) {
                historyOver = true;
                report.find(Kind.CHECKPOINT, String.valueOf(e.getMessage()));
            }
        }
        return null;
    }

    private Claim inOrder(Claim claim) {
        if (claim.head().size() < historySize) {
            report.find(
                    Kind.CHECKPOINT,
                    claim.name() + ": size " + claim.head().size() + " behind " + historySize
                            + " (expected: a history that only grows)");
        }
        historySize = Math.max(historySize, claim.head().size());
        lastOfHistory = Optional.of(claim);
        return claim;
    }

    private Optional<Claim> claim(
            String name, boolean brought, boolean mayBeOld, byte[] bytes, Optional<Instant> time) {
        try {
            SignedCheckpoint checkpoint = SignedCheckpoint.parse(bytes);
            if (!checkpoint.head().origin().equals(request.origin())) {
                report.find(
                        Kind.ORIGIN,
                        name + ": is of the log "
                                + Bytes.shown(checkpoint.head().origin()) + " (expected: " + request.origin() + ")");
                return Optional.empty();
            }
            boolean known = !checkpoint.note().verify(keys).isEmpty();
            List<Note.Verified> cosigned = checkpoint.note().verify(request.witnesses());
            if (!known && !(mayBeOld && signedByAnOlderKey(checkpoint))) {
                report.find(Kind.KEY, name + ": is signed by " + signers(checkpoint) + " (expected: " + named() + ")");
                return Optional.empty();
            }
            return Optional.of(new Claim(name, brought, known, checkpoint.head(), time, cosigned));
        } catch (IllegalArgumentException e) {
            report.find(Kind.CHECKPOINT, name + ": " + e.getMessage());
        } catch (BadSignature e) {
            report.find(Kind.SIGNATURE, name + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    /** What a key signed that was replaced since is covered by what its successor signed, if that is known. */
    private boolean signedByAnOlderKey(SignedCheckpoint checkpoint) throws BadSignature {
        List<VerifierKey> replaced = beside.stream()
                .filter(period -> period.end().isPresent())
                .map(KeyPeriod::key)
                .toList();
        boolean older = !checkpoint.note().verify(replaced).isEmpty();
        if (older) {
            olderKeys = Math.max(olderKeys, checkpoint.head().size());
        }
        return older;
    }

    private static String signers(SignedCheckpoint checkpoint) {
        return checkpoint.note().signatures().stream()
                .map(signature -> signature.name() + "+" + HexFormat.of().toHexDigits(signature.keyId()))
                .collect(Collectors.joining(", "));
    }

    private String named() {
        return keys.stream()
                .map(key -> key.name() + "+" + HexFormat.of().toHexDigits(key.id()))
                .collect(Collectors.joining(" or "));
    }

    /** What can be said when all were taken: {@code covered} is the largest size for which a known key stands. */
    void conclude(long covered, Optional<Checkpoint> own) throws IOException {
        if (olderKeys > covered) {
            report.find(
                    Kind.KEY,
                    "checkpoints up to size " + olderKeys + " are signed by older keys, which no"
                            + " checkpoint with a named key covers (expected: up to " + covered + ")");
        }
        Optional<Checkpoint> last = lastOfHistory.map(Claim::head);
        if (last.isPresent() && own.isEmpty()) {
            report.find(
                    Kind.CHECKPOINT,
                    "checkpoint: is not there (expected: one of size "
                            + last.get().size() + ")");
        }
        if (last.isPresent() && own.isPresent() && own.get().size() < historySize && !isReplaced()) {
            report.find(
                    Kind.OLDER,
                    "checkpoint: is of size " + own.get().size() + " (expected: the newest of the history, "
                            + historySize + ")");
        }
    }

    /** Whether by now a checkpoint lies there that is as new as the history: somebody may have signed since it was read. */
    private boolean isReplaced() throws IOException {
        return own("checkpoint")
                .filter(claim -> claim.head().size() >= historySize)
                .isPresent();
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
