package io.entrepot.server.audit;

import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Events as tests need them. */
final class Made {

    static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    static final String DIGEST = "sha256:" + "ab".repeat(32);

    private Made() {}

    static Requester at(String address) {
        try {
            InetAddress client = InetAddress.getByName(address);
            return Requester.at(client, client);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    static Requested tag(String tag) {
        return new Requested(Requested.Kind.MANIFEST, false, "docker.io/library/alpine:" + tag, ALPINE, tag, "");
    }

    static Found found(String digest) {
        return new Found(
                digest, "application/vnd.oci.image.manifest.v1+json", 525, "", 3, "", "hit", "", Found.Lineage.NONE);
    }

    static AuditEvent.Decision allowed(String address, String digest) {
        return new AuditEvent.Decision(
                at(address), tag("3.20"), Ruling.allow("all", false, List.of(), ""), found(digest), Basis.NONE);
    }

    static AuditEvent.Decision not(String address, Ruling.Verdict verdict, int status, String tag, String reason) {
        return new AuditEvent.Decision(
                at(address), tag(tag), Ruling.not(verdict, status, "", reason), Found.NOTHING, Basis.NONE);
    }

    static AuditEvent.Unroutable unroutable(String address, String asked, String registry, String reason) {
        return new AuditEvent.Unroutable(
                at(address), asked, registry, Ruling.not(Ruling.Verdict.UNROUTABLE, 404, "", reason));
    }
}
