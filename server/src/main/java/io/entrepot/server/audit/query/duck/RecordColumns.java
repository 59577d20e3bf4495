package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Answer.Column;
import io.entrepot.server.audit.query.Answer.Kind;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.Question;
import java.util.List;
import java.util.Set;

/** What a query gives of a record, in this order. */
final class RecordColumns {

    static final List<Column> ALL = List.of(
            new Column("seq", Kind.NUMBER, "Place in the log"),
            new Column("time", Kind.TIME, "When it was recorded"),
            new Column("type", Kind.TEXT, "Of record"),
            new Column("verdict", Kind.TEXT, "allow, deny, undecided, failed or unroutable"),
            new Column("rule", Kind.TEXT, "The rule that decided"),
            new Column("mode", Kind.TEXT, "enforce or warn"),
            new Column("reason", Kind.TEXT, "In the words that the client was told"),
            new Column("exemption", Kind.TEXT, "Without which it would have been refused"),
            new Column("warned", Kind.TEXT, "What rules on trial would have refused"),
            new Column("kind", Kind.TEXT, "manifest, blob, tags or referrers"),
            new Column("method", Kind.TEXT, "HEAD or GET"),
            new Column("asked", Kind.TEXT, "The reference as the client wrote it"),
            new Column("registry", Kind.TEXT, "Registry"),
            new Column("repository", Kind.TEXT, "Path in it"),
            new Column("tag", Kind.TEXT, "The tag that was asked for"),
            new Column("for_tag", Kind.TEXT, "The tag that a request by digest came from"),
            new Column("digest", Kind.TEXT, "What it resolved to"),
            new Column("root", Kind.TEXT, "The index above it"),
            new Column("image", Kind.TEXT, "The manifest that a blob belongs to"),
            new Column("media_type", Kind.TEXT, "Media type"),
            new Column("size", Kind.BYTES, "Of the manifest or blob"),
            new Column("platform", Kind.TEXT, "Platform"),
            new Column("tag_age", Kind.NUMBER, "Seconds since the upstream said what the tag means"),
            new Column("stale", Kind.TEXT, "Why an older answer was given"),
            new Column("client", Kind.TEXT, "Address"),
            new Column("port", Kind.NUMBER, "Its port"),
            new Column("via", Kind.TEXT, "Proxy"),
            new Column("principal", Kind.TEXT, "Who asked"),
            new Column("proof", Kind.TEXT, "How that was shown"),
            new Column("node", Kind.TEXT, "Node"),
            new Column("namespace", Kind.TEXT, "Namespace"),
            new Column("service_account", Kind.TEXT, "Service account"),
            new Column("agent", Kind.TEXT, "User agent"),
            new Column("trace", Kind.TEXT, "Trace id"),
            new Column("policy", Kind.TEXT, "Hash of the rules in force"),
            new Column("settings", Kind.NUMBER, "Counts reloads"),
            new Column("cache", Kind.TEXT, "Where it came from"),
            new Column("upstream", Kind.TEXT, "Upstream"),
            new Column("credential", Kind.TEXT, "Which one was used"),
            new Column("status", Kind.NUMBER, "HTTP status"),
            new Column("decision", Kind.NUMBER, "Seq of the decision that a transfer is held to"),
            new Column("bytes", Kind.BYTES, "What went out"),
            new Column("complete", Kind.YES_NO, "Whether that was all"),
            new Column("ms", Kind.NUMBER, "How long it took"),
            new Column("byte_range", Kind.TEXT, "The part that was asked for"),
            new Column("source", Kind.TEXT, "Of refusals that were counted"),
            new Column("repeats", Kind.NUMBER, "How many"),
            new Column("since", Kind.TIME, "From when"),
            new Column("until", Kind.TIME, "Until when"),
            new Column("of_what", Kind.TEXT, "What was refused"),
            new Column("detail", Kind.TEXT, "The whole record, of types that have fields of their own"));

    private static final Set<String> BRIEF = Set.of(
            "seq",
            "time",
            "type",
            "verdict",
            "rule",
            "method",
            "registry",
            "repository",
            "tag",
            "for_tag",
            "digest",
            "client",
            "node",
            "namespace",
            "bytes",
            "complete");

    private RecordColumns() {}

    /** For a table that people read, those that say most; for programs all. */
    static List<Column> of(Question question) {
        boolean brief = question.format() == Format.HTML || question.format() == Format.TEXT && question.width() > 0;
        return brief
                ? ALL.stream().filter(column -> BRIEF.contains(column.name())).toList()
                : ALL;
    }
}
