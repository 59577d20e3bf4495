package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import io.entrepot.server.audit.query.Judged;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.Who;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/** What the rules of a configuration say of images that somebody pulled, or runs. */
final class ConfiguredRules implements Judged {

    private final Rulings rulings;
    private final Instant now;

    ConfiguredRules(Rulings rulings, Instant now) {
        this.rulings = rulings;
        this.now = now;
    }

    @Override
    public Verdict judge(Asked asked) {
        try {
            Ruling ruling = rulings.of(image(asked), who(asked), now);
            return new Verdict(ruling.state().name().toLowerCase(Locale.ROOT), ruling.rule(), ruling.message());
        } catch (IllegalArgumentException e) {
            return new Verdict("deny", "", String.valueOf(e.getMessage()));
        }
    }

    private static ImageRef image(Asked asked) {
        String name = asked.registry() + "/" + asked.repository();
        return ImageRef.parse(asked.tag().isEmpty() ? name + "@" + asked.digest() : name + ":" + asked.tag());
    }

    private static Who who(Asked asked) {
        return new Who(asked.namespace().isEmpty() ? asked.principal() : "", Set.of(), asked.namespace(), "", "");
    }
}
