package io.entrepot.server.audit;

import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.AuditEvent.Image;
import io.entrepot.server.audit.AuditEvent.Repeated;
import io.entrepot.server.audit.JsonLine.Name;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes an event as the record of it, but for the number, which the journal puts before it.
 * The fields, their order and their meaning are those of {@code schema-1.json}. Confined to one thread.
 */
final class RecordWriter {

    /** A C2SP entry has a length of two bytes; the number that the journal puts before it needs some of it. */
    static final int LONGEST = 65_535 - 32;

    /** What a client or an upstream may fill a field with, in characters; less, if all of them do. */
    private static final int LONGEST_TEXT = 2_048;

    private static final int SHORT_TEXT = 128;
    private static final int MOST_WARNINGS = 32;

    private static final Map<String, Name> FACTS = new ConcurrentHashMap<>();

    private final JsonLine line = new JsonLine();
    private final Stamps stamps = new Stamps();
    private int longest = LONGEST_TEXT;
    private Naming naming = Naming.PLAIN;

    byte[] write(AuditEvent event, Instant time, Naming names) {
        naming = names;
        longest = LONGEST_TEXT;
        byte[] record = written(event, time);
        if (record.length > LONGEST) {
            longest = SHORT_TEXT;
            record = written(event, time);
        }
        return record;
    }

    private byte[] written(AuditEvent event, Instant time) {
        line.begin();
        line.plain(Names.TIME, stamps.time(time));
        if (event instanceof AuditEvent.Decision decision) {
            decision(decision);
        } else if (event instanceof AuditEvent.Transfer transfer) {
            transfer(transfer);
        } else if (event instanceof AuditEvent.Unroutable unroutable) {
            unroutable(unroutable);
        } else if (event instanceof Image image) {
            image(image);
        } else if (event instanceof Repeated repeated) {
            repeated(repeated, time);
        } else if (event instanceof AuditEvent.Happened happened) {
            happened(happened);
        }
        return line.end();
    }

    private void decision(AuditEvent.Decision decision) {
        line.plain(Names.TYPE, "decision");
        ruling(decision.who(), decision.ruling());
        requested(decision.what());
        found(decision.what(), decision.found());
        basis(decision.basis());
        requester(decision.who());
    }

    private void transfer(AuditEvent.Transfer transfer) {
        line.plain(Names.TYPE, "transfer");
        number(Names.DECISION, transfer.decision());
        requested(transfer.what());
        found(transfer.what(), transfer.found());
        text(Names.RANGE, transfer.range());
        line.number(Names.BYTES, transfer.bytes());
        line.flag(Names.COMPLETE, transfer.complete());
        line.number(Names.MS, transfer.millis());
        basis(transfer.basis());
        requester(transfer.who());
    }

    private void unroutable(AuditEvent.Unroutable unroutable) {
        line.plain(Names.TYPE, "decision");
        ruling(unroutable.who(), unroutable.ruling());
        text(Names.ASKED, unroutable.asked());
        text(Names.REGISTRY, unroutable.registry());
        requester(unroutable.who());
    }

    private void ruling(Requester who, Ruling ruling) {
        line.plain(Names.VERDICT, ruling.verdict().label());
        line.number(Names.STATUS, ruling.status());
        text(Names.RULE, ruling.rule());
        line.plain(Names.MODE, ruling.mode());
        text(Names.REASON, naming.in(ruling.reason(), who));
        text(Names.EXEMPTION, ruling.exemption());
        if (!ruling.warned().isEmpty()) {
            line.openList(Names.WARNED);
            ruling.warned().stream().limit(MOST_WARNINGS).forEach(warned -> {
                line.open();
                text(Names.RULE, warned.rule());
                text(Names.MESSAGE, warned.message());
                line.close();
            });
            line.closeList();
        }
    }

    private void requested(Requested what) {
        line.plain(Names.KIND, what.kind().label());
        line.plain(Names.METHOD, what.head() ? "HEAD" : "GET");
        text(Names.ASKED, what.asked());
        line.text(Names.REGISTRY, what.repository().registry().name());
        line.text(Names.REPOSITORY, what.repository().path());
        line.text(Names.TAG, what.tag());
    }

    private void found(Requested what, Found found) {
        line.plain(Names.DIGEST, found.digest().isEmpty() ? what.digest() : found.digest());
        text(Names.MEDIA_TYPE, found.mediaType());
        number(Names.SIZE, found.size());
        text(Names.PLATFORM, found.platform());
        number(Names.TAG_AGE, found.tagAge());
        text(Names.STALE, found.stale());
        line.plain(Names.CACHE, found.cache());
        text(Names.ENDPOINT, found.endpoint());
        line.text(Names.FOR_TAG, found.lineage().tag());
        line.plain(Names.ROOT, found.lineage().root());
        line.plain(Names.IMAGE, found.lineage().image());
    }

    private void basis(Basis basis) {
        line.plain(Names.POLICY, basis.policy());
        number(Names.SETTINGS, basis.settings());
        text(Names.UPSTREAM, basis.upstream());
        String login = basis.login().isEmpty() ? "" : " " + naming.people().of(basis.login());
        text(Names.CREDENTIAL, basis.credential() + login);
    }

    private void requester(Requester who) {
        line.plain(Names.CLIENT, client(who));
        if (who.port() > 0) {
            line.number(Names.PORT, who.port());
        }
        if (!who.via().equals(who.client())) {
            line.plain(Names.VIA, stamps.address(who.via()));
        }
        text(Names.PRINCIPAL, naming.principal(who));
        line.plain(Names.PROOF, who.proof());
        text(Names.NODE, naming.node(who));
        text(Names.NAMESPACE, who.namespace());
        text(Names.SERVICE_ACCOUNT, who.serviceAccount());
        text(Names.AGENT, who.agent());
        line.plain(Names.TRACE, who.trace());
    }

    private String client(Requester who) {
        return naming.addresses().of(stamps.address(who.client()));
    }

    private void image(Image image) {
        line.plain(Names.TYPE, "image");
        line.plain(Names.DIGEST, image.digest().toString());
        text(Names.MEDIA_TYPE, image.mediaType());
        line.number(Names.SIZE, image.size());
        image.parts().stream()
                .filter(part -> part.kind() == Image.Kind.CONFIG)
                .findFirst()
                .ifPresent(this::config);
        parts(Names.LAYERS, image, Image.Kind.LAYER);
        parts(Names.CHILDREN, image, Image.Kind.CHILD);
    }

    private void config(Image.Part part) {
        line.open(Names.CONFIG);
        part(part);
        line.close();
    }

    private void part(Image.Part part) {
        line.plain(Names.DIGEST, part.digest());
        line.text(Names.MEDIA_TYPE, cut(part.mediaType(), SHORT_TEXT));
        line.number(Names.SIZE, part.size());
        line.text(Names.PLATFORM, cut(part.platform(), SHORT_TEXT));
    }

    /** As many as a record has room for, which are some hundred; that there are more is said. */
    private void parts(Name name, Image image, Image.Kind kind) {
        List<Image.Part> all =
                image.parts().stream().filter(part -> part.kind() == kind).toList();
        if (all.isEmpty()) {
            return;
        }
        line.openList(name);
        boolean cut = false;
        for (Image.Part part : all) {
            cut = line.length() > LONGEST - 2_048;
            if (cut) {
                break;
            }
            line.open();
            part(part);
            line.close();
        }
        line.closeList();
        if (cut) {
            line.flag(Names.CUT, true);
        }
    }

    private void repeated(Repeated repeated, Instant time) {
        line.plain(Names.TYPE, "repeated");
        boolean many = repeated.who().equals(Requester.NOBODY);
        line.plain(Names.SOURCE, many ? "many" : client(repeated.who()));
        line.number(Names.COUNT, repeated.count());
        line.plain(Names.FROM, stamps.time(time.minusSeconds(repeated.seconds())));
        line.plain(Names.TO, stamps.time(time));
        line.openList(Names.OF);
        repeated.examples().forEach(example -> {
            line.open();
            line.plain(Names.VERDICT, example.verdict().label());
            line.text(Names.RULE, cut(example.rule(), 256));
            line.text(Names.ASKED, cut(example.asked(), 512));
            line.number(Names.COUNT, example.count());
            line.close();
        });
        line.closeList();
        if (!many) {
            requester(repeated.who());
        }
    }

    private void happened(AuditEvent.Happened happened) {
        line.plain(Names.TYPE, happened.type());
        happened.facts().forEach(fact -> fact(FACTS.computeIfAbsent(fact.name(), Name::of), fact));
    }

    private void fact(Name name, Fact fact) {
        if (fact instanceof Fact.Count number) {
            line.number(name, number.value());
        } else if (fact instanceof Fact.Texts texts) {
            line.openList(name);
            texts.values().forEach(text -> line.item(cut(text, longest)));
            line.closeList();
        } else {
            text(name, ((Fact.Text) fact).value());
        }
    }

    private void number(Name name, long value) {
        if (value >= 0) {
            line.number(name, value);
        }
    }

    private void text(Name name, String value) {
        line.text(name, cut(value, longest));
    }

    private static String cut(String value, int longest) {
        return value.length() <= longest ? value : value.substring(0, longest - 1) + "\u2026";
    }

    /** The fields. */
    private static final class Names {
        static final Name TIME = Name.of("time");
        static final Name TYPE = Name.of("type");
        static final Name DECISION = Name.of("decision");
        static final Name VERDICT = Name.of("verdict");
        static final Name STATUS = Name.of("status");
        static final Name RULE = Name.of("rule");
        static final Name MODE = Name.of("mode");
        static final Name REASON = Name.of("reason");
        static final Name EXEMPTION = Name.of("exemption");
        static final Name WARNED = Name.of("warned");
        static final Name MESSAGE = Name.of("message");
        static final Name KIND = Name.of("kind");
        static final Name METHOD = Name.of("method");
        static final Name ASKED = Name.of("asked");
        static final Name REGISTRY = Name.of("registry");
        static final Name REPOSITORY = Name.of("repository");
        static final Name TAG = Name.of("tag");
        static final Name DIGEST = Name.of("digest");
        static final Name MEDIA_TYPE = Name.of("mediaType");
        static final Name SIZE = Name.of("size");
        static final Name PLATFORM = Name.of("platform");
        static final Name TAG_AGE = Name.of("tagAge");
        static final Name STALE = Name.of("stale");
        static final Name ENDPOINT = Name.of("endpoint");
        static final Name CACHE = Name.of("cache");
        static final Name FOR_TAG = Name.of("forTag");
        static final Name ROOT = Name.of("root");
        static final Name IMAGE = Name.of("image");
        static final Name RANGE = Name.of("range");
        static final Name BYTES = Name.of("bytes");
        static final Name COMPLETE = Name.of("complete");
        static final Name MS = Name.of("ms");
        static final Name POLICY = Name.of("policy");
        static final Name SETTINGS = Name.of("settings");
        static final Name UPSTREAM = Name.of("upstream");
        static final Name CREDENTIAL = Name.of("credential");
        static final Name CLIENT = Name.of("client");
        static final Name PORT = Name.of("port");
        static final Name VIA = Name.of("via");
        static final Name PRINCIPAL = Name.of("principal");
        static final Name PROOF = Name.of("proof");
        static final Name NODE = Name.of("node");
        static final Name NAMESPACE = Name.of("namespace");
        static final Name SERVICE_ACCOUNT = Name.of("serviceAccount");
        static final Name AGENT = Name.of("agent");
        static final Name TRACE = Name.of("trace");
        static final Name CONFIG = Name.of("config");
        static final Name LAYERS = Name.of("layers");
        static final Name CHILDREN = Name.of("children");
        static final Name CUT = Name.of("cut");
        static final Name COUNT = Name.of("count");
        static final Name SOURCE = Name.of("source");
        static final Name FROM = Name.of("from");
        static final Name TO = Name.of("to");
        static final Name OF = Name.of("of");
    }
}
