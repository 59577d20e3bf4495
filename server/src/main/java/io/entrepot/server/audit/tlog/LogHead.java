package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The newest checkpoint, in memory, in the log's directory and beside the key; signs the next one only if it holds against
 * all three. One thread.
 */
final class LogHead implements AutoCloseable {

    private static final String NEWEST = "checkpoint";
    private static final String COSIGNED = "cosigned";

    private final Path sealed;
    private final SigningKeys keys;
    private final String origin;
    private final History history;
    private volatile Optional<SignedCheckpoint> newest = Optional.empty();

    private LogHead(Path sealed, SigningKeys keys, String origin, History history) {
        this.sealed = sealed;
        this.keys = keys;
        this.origin = origin;
        this.history = history;
    }

    static LogHead open(Path sealed, SigningKeys keys, String origin) throws IOException {
        return new LogHead(sealed, keys, origin, History.open(sealed));
    }

    /** The newest checkpoint of a directory, with the cosignatures that came for it. */
    static Optional<byte[]> read(Path sealed) throws IOException {
        Path file = sealed.resolve(NEWEST);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    /** The newest one that a witness signed too. */
    static Optional<byte[]> readCosigned(Path sealed) throws IOException {
        Path file = sealed.resolve(COSIGNED);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    Optional<SignedCheckpoint> newest() {
        return newest;
    }

    /** The largest log that was ever signed, as far as is known here. */
    long signedSize() throws IOException, Contradiction {
        long size = 0;
        for (SignedCheckpoint signed : signed()) {
            size = Math.max(size, signed.head().size());
        }
        return size;
    }

    SignedCheckpoint sign(Tree tree, Instant now) throws IOException, Contradiction {
        Checkpoint head = Checkpoint.of(origin, tree.size(), tree.root());
        for (SignedCheckpoint before : signed()) {
            check(before.head(), head, tree);
        }
        Note note = keys.sign(head.text(), now);
        keys.remember(note);
        Durable.replace(sealed.resolve(NEWEST), note.bytes());
        history.append(now, note);
        SignedCheckpoint next = new SignedCheckpoint(head, note);
        newest = Optional.of(next);
        return next;
    }

    private static void check(Checkpoint before, Checkpoint now, Tree tree) throws IOException, Contradiction {
        if (before.size() > now.size()) {
            throw new Contradiction("the log has " + now.size() + " records, but a checkpoint of " + before.size()
                    + " is signed: records are missing, or this is an older copy of the log");
        }
        Hash root = tree.root(before.size());
        if (!root.equals(before.root())) {
            throw new Contradiction("the first " + before.size() + " records have the root " + root
                    + " now, but a checkpoint with " + before.root() + " is signed: records were changed");
        }
    }

    private List<SignedCheckpoint> signed() throws IOException, Contradiction {
        List<SignedCheckpoint> signed = new ArrayList<>();
        newest.ifPresent(signed::add);
        for (Optional<byte[]> known : List.of(read(sealed), keys.lastSigned())) {
            if (known.isPresent() && !isNewest(known.get())) {
                signed.add(ours(known.get()));
            }
        }
        return signed;
    }

    private boolean isNewest(byte[] bytes) {
        return newest.isPresent() && Arrays.equals(newest.get().bytes(), bytes);
    }

    private SignedCheckpoint ours(byte[] bytes) throws IOException, Contradiction {
        List<VerifierKey> known = new ArrayList<>();
        KeyList.read(sealed).forEach(period -> known.add(period.key()));
        try {
            SignedCheckpoint checkpoint = SignedCheckpoint.parse(bytes);
            if (!checkpoint.head().origin().equals(origin)) {
                throw new Contradiction("the checkpoint that is there is of the log "
                        + Bytes.shown(checkpoint.head().origin()) + " (expected: " + origin + ")");
            }
            if (checkpoint.note().verify(known).isEmpty()) {
                throw new Contradiction("the checkpoint that is there is signed by no key of this log");
            }
            return checkpoint;
        } catch (IllegalArgumentException | BadSignature e) {
            throw new Contradiction("the checkpoint that is there is none of this log: " + e.getMessage());
        }
    }

    /** Adds what witnesses said of a checkpoint, which may not be the newest any more. */
    void cosigned(SignedCheckpoint checkpoint, List<Note.Signature> cosignatures, Instant now) throws IOException {
        Note note = checkpoint.note().with(cosignatures);
        Optional<SignedCheckpoint> current = newest.filter(c -> c.head().equals(checkpoint.head()));
        if (current.isPresent()) {
            note = current.get().note().with(cosignatures);
            Durable.replace(sealed.resolve(NEWEST), note.bytes());
            newest = Optional.of(new SignedCheckpoint(checkpoint.head(), note));
        }
        Durable.replace(sealed.resolve(COSIGNED), note.bytes());
        history.append(now, note);
    }

    void force() throws IOException {
        history.force();
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
