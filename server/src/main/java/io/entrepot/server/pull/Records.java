package io.entrepot.server.pull;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.Brought;
import io.entrepot.server.audit.AuditEvent;
import io.entrepot.server.audit.AuditEvent.Image.Kind;
import io.entrepot.server.audit.AuditEvent.Image.Part;
import io.entrepot.server.audit.Basis;
import io.entrepot.server.audit.Found;
import io.entrepot.server.audit.Found.Lineage;
import io.entrepot.server.audit.Requested;
import io.entrepot.server.audit.Ruling;
import io.entrepot.server.policy.Grounds;
import java.util.ArrayList;
import java.util.List;

/** What is known of a pull, as records have it. */
final class Records {

    private Records() {}

    static AuditEvent.Decision decision(Pull pull, Ruling ruling, Found found) {
        return new AuditEvent.Decision(
                Requesters.of(pull.principal(), pull.client()), requested(pull), ruling, found, basis(pull));
    }

    static AuditEvent.Transfer transfer(
            Pull pull, Found found, long record, String range, long bytes, boolean complete, long millis) {
        return new AuditEvent.Transfer(
                record,
                Requesters.of(pull.principal(), pull.client()),
                requested(pull),
                found,
                basis(pull),
                range,
                bytes,
                complete,
                millis);
    }

    private static Requested requested(Pull pull) {
        Wanted wanted = pull.wanted();
        boolean digest = wanted.reference().indexOf(':') >= 0;
        return new Requested(
                kind(wanted),
                pull.head(),
                pull.asked(),
                pull.repository(),
                digest ? "" : wanted.reference(),
                digest ? wanted.reference() : "");
    }

    private static Requested.Kind kind(Wanted wanted) {
        return switch (wanted.kind()) {
            case "manifest" -> Requested.Kind.MANIFEST;
            case "blob" -> Requested.Kind.BLOB;
            case "tags" -> Requested.Kind.TAGS;
            default -> Requested.Kind.REFERRERS;
        };
    }

    private static Basis basis(Pull pull) {
        UpstreamConfig upstream = pull.upstream().config();
        Credentials credentials = upstream.credentials().of(pull.repository().path());
        return new Basis(
                pull.settings().policy().version(),
                pull.settings().version(),
                upstream.key(),
                credentials.account(),
                credentials instanceof Credentials.PassThrough
                        ? pull.principal().brought().map(Brought::username).orElse("")
                        : "");
    }

    static Ruling allow(Grounds grounds) {
        return Ruling.allow(
                grounds.rule(),
                grounds.onTrial(),
                grounds.warnings().isEmpty()
                        ? List.of()
                        : grounds.warnings().stream()
                                .map(each -> new Ruling.Warned(each.rule(), each.message()))
                                .toList(),
                grounds.exemption());
    }

    static Ruling not(Ruling.Verdict verdict, String rule, RegistryException told) {
        return Ruling.not(verdict, told.status(), rule, String.valueOf(told.getMessage()));
    }

    static Found found(Given given, Admissions.Place place) {
        Descriptor descriptor = given.descriptor();
        Lineage lineage = new Lineage(
                place.tag(),
                place.root().map(Digest::toString).orElse(""),
                place.image().map(Digest::toString).orElse(""));
        return new Found(
                descriptor.digest().toString(),
                descriptor.mediaType().toString(),
                descriptor.size(),
                place.platform(),
                given.tagAge(),
                given.stale(),
                given.origin().label(),
                given.endpoint(),
                lineage);
    }

    static AuditEvent.Image image(Manifest manifest) {
        List<Part> parts = new ArrayList<>();
        if (manifest instanceof Manifest.Image image) {
            image.config().forEach(each -> parts.add(part(Kind.CONFIG, each, "")));
            image.layers().forEach(each -> parts.add(part(Kind.LAYER, each, "")));
        } else if (manifest instanceof Manifest.Index index) {
            index.entries()
                    .forEach(each -> parts.add(part(
                            Kind.CHILD,
                            each.descriptor(),
                            each.platform().equals(Platform.UNSPECIFIED)
                                    ? ""
                                    : each.platform().toString())));
        }
        Descriptor descriptor = manifest.descriptor();
        return new AuditEvent.Image(descriptor.digest(), descriptor.mediaType().toString(), descriptor.size(), parts);
    }

    private static Part part(Kind kind, Descriptor descriptor, String platform) {
        return new Part(
                kind, descriptor.digest().toString(), descriptor.mediaType().toString(), descriptor.size(), platform);
    }
}
