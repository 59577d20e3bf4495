package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A log in a directory of a test, with its key beside it, sealed from memory when the test says so. */
final class LogUnderTest implements AutoCloseable {

    static final String ORIGIN = "mirror.example/audit";

    final Path root;
    final MemorySource source;
    final AuditRecords records = new AuditRecords(7, 40);
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    SealedStore store;
    final AtomicInteger signed = new AtomicInteger();
    SigningKeys keys;
    Sealer sealer;

    LogUnderTest(Path root) throws IOException {
        this(root, new MemorySource());
    }

    LogUnderTest(Path root, MemorySource source) throws IOException {
        this.root = root;
        this.source = source;
        Files.createDirectories(root.resolve("audit"));
        open();
    }

    private void open() throws IOException {
        store = SealedStore.open(sealed());
        keys = SigningKeys.open(
                key(),
                root.resolve("audit"),
                sealed(),
                ORIGIN,
                Clock.systemUTC().instant());
        sealer = Sealer.open(store, source, keys, options(), listener(), Clock.systemUTC());
    }

    Path sealed() {
        return root.resolve("audit/sealed");
    }

    Path key() {
        return root.resolve("keys/audit.key");
    }

    /** Nothing is signed but what a test asks for, so that it knows what is there. */
    private static SealerOptions options() {
        return new SealerOptions(ORIGIN, Duration.ofHours(1), 10_000, Duration.ofHours(2));
    }

    private SealerListener listener() {
        return new SealerListener() {
            @Override
            public void sealed(long below) {
                events.add("sealed " + below);
                source.forget(below);
            }

            @Override
            public void signed(SignedCheckpoint checkpoint) {
                signed.incrementAndGet();
            }

            @Override
            public void failed(Throwable cause) {
                events.add("failed " + cause);
            }

            @Override
            public void notHanded(Throwable cause) {
                events.add("not handed " + cause.getMessage());
            }

            @Override
            public void handedAgain() {
                events.add("handed again");
            }

            @Override
            public void stopped(String why) {
                events.add("stopped " + why);
            }
        };
    }

    LogUnderTest start() {
        sealer.start();
        return this;
    }

    /** Grows by realistic records, and signs. */
    SignedCheckpoint grow(int count) {
        source.add(records::at, count);
        return sign();
    }

    SignedCheckpoint sign() {
        try {
            return sealer.checkpoint().get(2, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no checkpoint: " + e.getMessage() + " " + events, e);
        }
    }

    /** As after a start of the mirror. */
    LogUnderTest restart() throws IOException {
        stop();
        open();
        return start();
    }

    TlogFiles files() {
        return new TlogFiles(store, source, sealer);
    }

    /** As when the mirror ends: with a last checkpoint, if there can be one. */
    void stop() throws IOException {
        sealer.close();
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
