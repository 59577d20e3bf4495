package io.entrepot.server.audit;

import io.entrepot.server.audit.journal.Journal;
import io.entrepot.server.audit.journal.JournalReader;
import io.entrepot.server.audit.journal.JournalRecord;
import io.entrepot.server.audit.tlog.Missing;
import io.entrepot.server.audit.tlog.RecordSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The records of a journal as the sealed log takes them. In the place of one that cannot be read any more, or that was forgotten
 * since it is sealed, stands a {@link Missing} one.
 *
 * <p>Who goes on where the last read ended costs nothing but what is new; who does not has a segment read from its beginning. So
 * each that follows a journal has a source of its own.
 */
final class JournalSource implements RecordSource, Closeable {

    /** Says how far records go, and opens a reader. */
    private interface From {
        long first() throws IOException;

        long end() throws IOException;

        JournalReader reader(long from) throws IOException;
    }

    private final From journal;
    private @Nullable JournalReader open; // guarded by this
    private long openAt; // guarded by this

    private JournalSource(From journal) {
        this.journal = journal;
    }

    /** Of the process that writes it. */
    static JournalSource of(Journal journal) {
        return new JournalSource(new From() {
            @Override
            public long first() {
                return journal.first();
            }

            @Override
            public long end() {
                return journal.durable();
            }

            @Override
            public JournalReader reader(long from) {
                return journal.read(from);
            }
        });
    }

    /** Of any other: what is there when it is asked. {@code least} records are known to be there, sealed. */
    static JournalSource in(LogLayout layout, long least) {
        return new JournalSource(new From() {
            @Override
            public long first() {
                return least;
            }

            @Override
            public long end() throws IOException {
                if (!layout.journal().toFile().isDirectory()) {
                    return least;
                }
                OptionalLong said = JournalReader.durable(layout.journal());
                return said.isPresent() ? said.getAsLong() : counted();
            }

            private long counted() throws IOException {
                long end = least;
                try (JournalReader reader = reader(least)) {
                    for (Optional<JournalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                        end = next.get().seq() + 1;
                    }
                }
                return end;
            }

            @Override
            public JournalReader reader(long from) throws IOException {
                return JournalReader.open(layout.journal(), from);
            }
        });
    }

    @Override
    public long first() {
        try {
            return journal.first();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long size() {
        try {
            return journal.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void read(long from, long to, Taker taker) throws IOException {
        if (from >= to) {
            return;
        }
        JournalReader reader = at(from);
        boolean goesOn = false;
        try {
            goesOn = read(reader, from, to, taker);
        } finally {
            openAt = to;
            if (!goesOn) {
                close();
            }
        }
    }

    /** Returns whether the reader's next record is the one at {@code to}. */
    private static boolean read(JournalReader reader, long from, long to, Taker taker) throws IOException {
        boolean whole = true;
        long index = from;
        while (index < to) {
            Optional<JournalRecord> next = reader.next();
            long found = next.map(JournalRecord::seq).orElse(to);
            for (; index < Math.min(found, to); index++) {
                taker.take(index, Missing.at(index));
                whole = false;
            }
            if (index < to && next.isPresent()) {
                taker.take(index++, next.get().bytes());
            }
        }
        return whole;
    }

    private JournalReader at(long from) throws IOException {
        JournalReader known = open;
        if (known != null && openAt == from) {
            return known;
        }
        close();
        JournalReader reader = journal.reader(from);
        open = reader;
        return reader;
    }

    @Override
    public synchronized void close() throws IOException {
        JournalReader known = open;
        open = null;
        if (known != null) {
            known.close();
        }
    }
}
