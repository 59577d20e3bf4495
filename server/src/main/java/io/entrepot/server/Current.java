package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.server.access.Access;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.pull.Router;
import io.entrepot.server.pull.Settings;
import java.util.function.Function;

/**
 * What holds now: a configuration, the settings of a pull that were made from it, and the upstreams that are open for it.
 *
 * @param restrictsReading whether anything is for some alone to read, which is asked with each pull
 */
record Current(MirrorConfig config, Settings settings, Upstreams upstreams, boolean restrictsReading) {

    static Current first(
            MirrorConfig config, Access access, PullPolicy policy, Function<UpstreamConfig, Upstreams.Open> opener) {
        return of(1, config, access, policy, Upstreams.first(config, opener));
    }

    Current next(
            MirrorConfig other, Access access, PullPolicy policy, Function<UpstreamConfig, Upstreams.Open> opener) {
        return of(settings.version() + 1, other, access, policy, upstreams.next(other, opener));
    }

    /** The same with rules that rest on other files. */
    Current with(PullPolicy policy) {
        return of(settings.version() + 1, config, settings.access(), policy, upstreams);
    }

    private static Current of(
            long version, MirrorConfig config, Access access, PullPolicy policy, Upstreams upstreams) {
        Router router = new Router(config, upstreams);
        Settings settings = new Settings(version, router, TagPatterns.of(config.tags()), access, policy);
        return new Current(config, settings, upstreams, config.restrictsReading());
    }
}
