package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.cli.CheckFinding.Kind;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.Who;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Holds the images of one file of manifests against the rules, each asked for by the service account of its pod. */
final class ManifestCheck {

    private final Rulings rulings;
    private final Instant now;
    private final String file;
    private final String defaultNamespace;
    private final List<CheckFinding> findings = new ArrayList<>();

    ManifestCheck(Rulings rulings, Instant now, String file, String defaultNamespace) {
        this.rulings = rulings;
        this.now = now;
        this.file = file;
        this.defaultNamespace = defaultNamespace;
    }

    List<CheckFinding> of(List<ImageUse> uses) {
        uses.forEach(this::check);
        return List.copyOf(findings);
    }

    private void check(ImageUse use) {
        ImageRef image;
        try {
            image = ImageRef.parse(use.image());
        } catch (IllegalArgumentException e) {
            add(Kind.NO_IMAGE, String.valueOf(e.getMessage()), use);
            return;
        }
        rule(use, image);
        boolean byTag = image.reference() instanceof Tag;
        boolean latest = image.reference().equals(new Tag("latest"));
        if (latest) {
            add(Kind.LATEST, "name a version, or a digest", use);
        }
        if (byTag && !rulings.isFixed(image)) {
            if (!latest) {
                add(Kind.NO_DIGEST, "the tag has no digest beside it and no pin in the lock file", use);
            }
            moving(use);
        } else if (use.pullPolicy().equals("Always")) {
            add(Kind.PULL_POLICY, "Always asks for what cannot change, and needs the mirror at each start", use);
        }
    }

    private void moving(ImageUse use) {
        if (use.pullPolicy().equals("IfNotPresent") || use.pullPolicy().equals("Never")) {
            String what =
                    use.pullPolicy() + " with a tag that may move: a node runs what it has, whatever the tag means"
                            + " and the rules say by now";
            add(Kind.PULL_POLICY, what, use);
        }
    }

    private void rule(ImageUse use, ImageRef image) {
        String namespace = use.namespace().isEmpty() ? defaultNamespace : use.namespace();
        Ruling ruling = rulings.of(image, Who.in(namespace, use.serviceAccount()), now);
        ruling.warnings().forEach(warning -> add(Kind.WARNED, warning, use));
        switch (ruling.state()) {
            case DENY -> add(Kind.REFUSED, ruling.message(), use);
            case DEPENDS -> add(Kind.DEPENDS, "depends on " + String.join(", ", ruling.dependsOn()), use);
            case UNDECIDED -> add(Kind.DEPENDS, ruling.message(), use);
            case ALLOW -> {
                // nothing to say
            }
        }
    }

    private void add(Kind kind, String message, ImageUse use) {
        findings.add(new CheckFinding(kind, message, file, use));
    }
}
