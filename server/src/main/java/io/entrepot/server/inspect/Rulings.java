package io.entrepot.server.inspect;

import io.entrepot.config.ConfigException;
import io.entrepot.config.DigestFile;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Access;
import io.entrepot.server.access.Principal;
import io.entrepot.server.access.Supposed;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.policy.Asked;
import io.entrepot.server.policy.Canary;
import io.entrepot.server.policy.LockFile;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Pin;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.policy.PullPolicy.Basis;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Trace;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Askers;
import io.entrepot.server.pull.Route;
import io.entrepot.server.pull.Router;
import io.entrepot.server.pull.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What rules and rights say of images, to a person who asks; nothing is pulled, nobody is let in. */
public final class Rulings {

    private final MirrorConfig config;
    private final Router router;
    private final TagPatterns tags;
    private final Access access;
    private final PullPolicy policy;
    private final Function<Instant, Moment> clock;

    private Rulings(
            MirrorConfig config,
            Router router,
            TagPatterns tags,
            Access access,
            PullPolicy policy,
            Function<Instant, Moment> clock) {
        this.config = config;
        this.router = router;
        this.tags = tags;
        this.access = access;
        this.policy = policy;
        this.clock = clock;
    }

    /** Without a mirror that runs: with the lock file and the lists of digests that the configuration names. Blocks. */
    public static Rulings of(MirrorConfig config) throws ConfigException {
        Set<Digest> denied = new HashSet<>();
        for (Path file : config.policy().denyDigests()) {
            denied.addAll(DigestFile.read(file));
        }
        Basis basis = new Basis(LockFile.read(config.policy().pins()), denied, Map.of());
        return new Rulings(
                config,
                new Router(config, new Unopened(config)),
                TagPatterns.of(config.tags()),
                Supposed.access(config.access()),
                PullPolicy.of(config.policy(), basis),
                now -> new Moment(now, now));
    }

    /** Of a mirror that runs, with the settings in force. */
    public static Rulings of(MirrorConfig config, Settings settings, Instant trusted) {
        return new Rulings(
                config,
                settings.router(),
                settings.tags(),
                settings.access(),
                settings.policy(),
                now -> new Moment(now, trusted));
    }

    /** Of an image of which the names are known alone. */
    public Ruling of(ImageRef image, Who who, Instant now) {
        return ruling(image, who, asked -> {
            Trace trace = policy.explain(asked, clock.apply(now));
            return Ruling.byNames(trace, config.policy().rules(), asked.reference());
        });
    }

    /** Of an image whose content is this. */
    public Ruling of(ImageRef image, Who who, Subject subject, Instant now) {
        return ruling(image, who, asked -> Ruling.told(policy.explain(asked, subject, clock.apply(now))));
    }

    /** Whether anything of a repository may be theirs. */
    public Ruling anything(Repository repository, Who who, Instant now) {
        return ruling(
                new ImageRef(repository, new Tag("latest")),
                who,
                asked -> Ruling.told(
                        new Trace(List.of(), policy.onAnything(asked.repository(), asked.asker(), clock.apply(now)))));
    }

    /** What the lock file pins it to. */
    public Optional<Pin> pin(ImageRef image) {
        return image.reference() instanceof Tag tag ? policy.pins().find(image.repository(), tag) : Optional.empty();
    }

    /** Whether a tag always means the same here: it is pinned, or believed as first seen. */
    public boolean isFixed(ImageRef image) {
        return pin(image).isPresent()
                || (image.reference() instanceof Tag tag
                        && tags.match(image.repository(), tag).mode() == TagPattern.Mode.IMMUTABLE);
    }

    private Ruling ruling(ImageRef image, Who who, Function<Asked, Ruling> judge) {
        Principal principal = who.principal(config.access());
        try {
            Route route = router.route(Address.of(image.repository().toString()));
            if (Canary.is(route.repository())) {
                return Ruling.refused(Canary.RULE, new RegistryException.Denied(Canary.MESSAGE));
            }
            return refusal(principal, route)
                    .map(no -> Ruling.refused("", no))
                    .orElseGet(
                            () -> judge.apply(new Asked(route.repository(), image.reference(), Askers.of(principal))));
        } catch (RegistryException e) {
            return Ruling.refused("", e);
        }
    }

    private Optional<RegistryException> refusal(Principal principal, Route route) {
        return access.refusal(principal, route.upstream().config())
                .or(() -> access.refusal(
                        principal,
                        route.repository(),
                        () -> new RegistryException.NameUnknown(
                                route.repository() + " is not for them (access.rights): as if it were not there")));
    }
}
