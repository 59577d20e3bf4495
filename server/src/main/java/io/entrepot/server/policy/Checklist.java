package io.entrepot.server.policy;

import io.entrepot.config.Requirements;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Holds content against what one rule asks. */
final class Checklist {

    private final Requirements requirements;
    private final Instant oldUntil;
    private final Asked asked;
    private final Subject subject;
    private final Optional<Standing> standing;
    private final Moment now;
    private final List<String> missing = new ArrayList<>(0);

    private Checklist(CompiledRule rule, Asked asked, Subject subject, Optional<Standing> standing, Moment now) {
        this.requirements = rule.requirements();
        this.oldUntil = rule.oldUntil();
        this.asked = asked;
        this.subject = subject;
        this.standing = standing;
        this.now = now;
    }

    /** What is missing, under one tag or under none. */
    static Unmet check(CompiledRule rule, Asked asked, Subject subject, Optional<Standing> standing, Moment now) {
        return rule.requirements().equals(Requirements.NONE)
                ? Unmet.NOTHING
                : new Checklist(rule, asked, subject, standing, now).check();
    }

    private Unmet check() {
        tag();
        content();
        if (requirements.minAge().isZero() || isOldEnough()) {
            return missing.isEmpty() ? Unmet.NOTHING : new Unmet(missing, false);
        }
        boolean alone = missing.isEmpty();
        missing.add(tooYoung());
        return new Unmet(missing, alone);
    }

    private void tag() {
        boolean pinned = standing.filter(Standing::pinned).isPresent();
        boolean first = standing.filter(Standing::first).isPresent();
        if (requirements.digest() && asked.reference() instanceof Tag && !pinned) {
            missing.add(Wording.digestIsNeeded(asked.reference()));
        }
        if (requirements.pinned() && !pinned) {
            missing.add(standing()
                    .map(tag -> "this is not what tag " + tag + " is pinned to, or it has no pin")
                    .orElse("not what any tag of it is pinned to"));
        }
        // A pin is how somebody says that a tag means something else from now on.
        if (requirements.immutableTag() && !first && !pinned) {
            missing.add(standing()
                    .map(tag -> "tag " + tag + " has moved from the digest that it was first seen with")
                    .orElse("not what any tag of it was first seen with"));
        }
        // Under its tag: what the tag may mean has seen to it when it was resolved.
        if (requirements.noRollback() && standing.isEmpty()) {
            missing.add("not on record under any tag of it");
        }
    }

    private Optional<Reference> standing() {
        return standing.map(Standing::tag);
    }

    private boolean isOldEnough() {
        return standing.flatMap(Standing::since)
                .filter(since -> since.isBefore(oldUntil)
                        || !since.plus(requirements.minAge()).isAfter(now.trusted()))
                .isPresent();
    }

    private String tooYoung() {
        String needed = Wording.duration(requirements.minAge()) + " are needed";
        return standing.isEmpty()
                ? "not old enough: not on record under any tag, " + needed
                : "not old enough: first seen "
                        + standing.flatMap(Standing::since)
                                .map(since -> Wording.minute(since.truncatedTo(ChronoUnit.MINUTES)))
                                .orElse("now")
                        + ", " + needed;
    }

    private void content() {
        Manifest manifest = subject.manifest();
        if (!requirements.platforms().isEmpty()
                && !ContentConditions.runsOn(subject.platforms(), requirements.platforms())) {
            missing.add("not for " + Wording.or(requirements.platforms()) + " but for "
                    + (subject.platforms().isEmpty() ? "no known platform" : Wording.or(subject.platforms())));
        }
        OptionalLong size = ContentConditions.size(manifest);
        long most = requirements.maxSize().orElse(Long.MAX_VALUE);
        if (size.isPresent() && size.getAsLong() > most) {
            missing.add("too large: " + size.getAsLong() + " bytes, at most " + most + " are allowed");
        }
        types(manifest);
        if (requirements.noForeignUrls() && !manifest.foreign().isEmpty()) {
            missing.add("layers are to be fetched from elsewhere (urls)");
        }
    }

    private void types(Manifest manifest) {
        if (requirements.mediaTypes().isEmpty()) {
            return;
        }
        List<Descriptor> all = new ArrayList<>();
        all.add(manifest.descriptor());
        if (manifest instanceof Manifest.Image image) {
            all.addAll(image.children());
        }
        all.stream()
                .map(each -> each.mediaType().value())
                .filter(type -> !ContentConditions.isOneOf(requirements.mediaTypes(), type))
                .findFirst()
                .ifPresent(type -> missing.add("media type " + type + " is not allowed"));
    }
}
