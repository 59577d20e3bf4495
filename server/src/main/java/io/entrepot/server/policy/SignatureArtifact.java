package io.entrepot.server.policy;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells signatures, attestations and bills of material, which tools read beside an image and nobody can run. They pass
 * where the image may, or no requirement of a signature could ever be met.
 *
 * <p>A tag or a type alone is no proof, since a runnable image can have both: every layer must be of a type that is metadata.
 */
final class SignatureArtifact {

    private static final long LARGEST = 16L << 20;

    /** cosign's tags and the fallback of the referrers API (distribution-spec, "referrers tag schema"). */
    private static final Pattern TAG = Pattern.compile("(?:sha256|sha512)-[0-9a-f]{64,128}(?:\\.(?:sig|att|sbom))?");

    private static final Pattern FALLBACK = Pattern.compile("(?:sha256|sha512)-[0-9a-f]{64}");

    private static final Set<String> LAYERS = Set.of(
            "application/vnd.dev.cosign.simplesigning.v1+json",
            "application/vnd.dsse.envelope.v1+json",
            "application/jose+json",
            "application/cose",
            "application/vnd.in-toto+json",
            "application/vnd.oci.empty.v1+json",
            "text/spdx",
            "text/spdx+json",
            "text/spdx+xml",
            "application/spdx+json",
            "application/vnd.cyclonedx",
            "application/vnd.cyclonedx+json",
            "application/vnd.cyclonedx+xml");

    private static final Pattern BUNDLE =
            Pattern.compile("application/vnd\\.dev\\.sigstore\\.bundle(?:\\.v[0-9.]+)?\\+json(?:;.*)?");

    private static final Set<String> KINDS = Set.of(
            "application/vnd.dev.cosign.artifact.sig.v1+json",
            "application/vnd.dev.cosign.artifact.att.v1+json",
            "application/vnd.dev.cosign.artifact.sbom.v1+json",
            "application/vnd.cncf.notary.signature",
            "application/vnd.in-toto+json",
            "application/vnd.dsse.envelope.v1+json");

    private SignatureArtifact() {}

    /** Whether a tag is called like one. */
    static boolean isNamed(Tag tag) {
        return tag.name().startsWith("sha") && TAG.matcher(tag.name()).matches();
    }

    /** Whether what is asked for can be one; a tag of another name is judged as any other, or its name alone could refuse nothing. */
    static boolean mayBe(Reference reference) {
        return !(reference instanceof Tag tag) || isNamed(tag);
    }

    /** Whether content is one, wherever it stands; an index of them only under the fallback tag. */
    static boolean is(Manifest manifest, List<Standing> standings) {
        return manifest instanceof Manifest.Image image
                ? isMetadata(image) && isCalledOne(image, standings)
                : standings.stream()
                        .anyMatch(standing ->
                                FALLBACK.matcher(standing.tag().name()).matches());
    }

    private static boolean isCalledOne(Manifest.Image image, List<Standing> standings) {
        return image.hasSubject()
                || KINDS.contains(image.artifactType())
                || BUNDLE.matcher(image.artifactType()).matches()
                || standings.stream().anyMatch(standing -> isNamed(standing.tag()));
    }

    private static boolean isMetadata(Manifest.Image image) {
        OptionalLong size = ContentConditions.size(image);
        return !image.layers().isEmpty()
                && image.foreign().isEmpty()
                && image.layers().stream().allMatch(SignatureArtifact::isMetadata)
                && size.orElse(Long.MAX_VALUE) <= LARGEST;
    }

    private static boolean isMetadata(Descriptor layer) {
        String type = layer.mediaType().value();
        return LAYERS.contains(type) || BUNDLE.matcher(type).matches();
    }
}
