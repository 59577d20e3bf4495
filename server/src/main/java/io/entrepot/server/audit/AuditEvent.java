package io.entrepot.server.audit;

import io.entrepot.oci.Digest;
import java.util.List;

/** What happened, as it is recorded. Each is one record of {@code docs/audit.md}. */
public sealed interface AuditEvent {

    /** A request was decided. */
    record Decision(Requester who, Requested what, Ruling ruling, Found found, Basis basis) implements AuditEvent {}

    /**
     * Nothing here has the name that was asked for, or who asked proved nothing.
     *
     * @param registry that was named and is no upstream; empty: none was
     */
    record Unroutable(Requester who, String asked, String registry, Ruling ruling) implements AuditEvent {}

    /**
     * A body went out, whole or not.
     *
     * @param decision the record that it is held to; negative: it has none, and the log says so (a gap)
     * @param range the part that was asked for, {@code first-last}, or several with commas; empty: all of it
     * @param bytes that went out
     * @param complete whether that was all that was asked for
     * @param millis from the request to the last byte
     */
    record Transfer(
            long decision,
            Requester who,
            Requested what,
            Found found,
            Basis basis,
            String range,
            long bytes,
            boolean complete,
            long millis)
            implements AuditEvent {}

    /** What a manifest names, seen for the first time since the start. */
    record Image(Digest digest, String mediaType, long size, List<Part> parts) implements AuditEvent {

        /** One thing that it names; {@code platform} may be empty. */
        public record Part(Kind kind, String digest, String mediaType, long size, String platform) {}

        /** As what. */
        public enum Kind {
            CONFIG,
            LAYER,
            CHILD
        }

        public Image {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Refusals and unknown names of one source, beyond the rate at which each has a record of its own.
     *
     * @param count of the requests since the last such record, of all of {@code examples} and what there was no room for
     * @param seconds since the first of them
     */
    record Repeated(Requester who, long count, long seconds, List<Example> examples) implements AuditEvent {

        /** So many times this. */
        public record Example(Ruling.Verdict verdict, String rule, String asked, long count) {}

        public Repeated {
            examples = List.copyOf(examples);
        }
    }

    /**
     * Anything else; its fields have no name that means something else in the record of a pull. That is: the configuration changed, the audit was read, an upstream lied, a tag moved, the clock jumped.
     *
     * @param type {@code config.change}, {@code policy.change}, {@code audit.read}, {@code integrity}, {@code upstream},
     *     {@code tag.moved}, {@code tag.rollback}, {@code clock}, {@code gap}, {@code start}, {@code stop}
     */
    record Happened(String type, List<Fact> facts) implements AuditEvent {

        /** A field of it. */
        public sealed interface Fact {

            String name();

            /** In words; empty: it is left out. */
            record Text(String name, String value) implements Fact {}

            record Texts(String name, List<String> values) implements Fact {
                public Texts {
                    values = List.copyOf(values);
                }
            }

            record Count(String name, long value) implements Fact {}

            static Fact of(String name, String value) {
                return new Text(name, value);
            }

            static Fact of(String name, long value) {
                return new Count(name, value);
            }

            static Fact of(String name, List<String> values) {
                return new Texts(name, values);
            }
        }

        public Happened {
            facts = List.copyOf(facts);
        }
    }
}
