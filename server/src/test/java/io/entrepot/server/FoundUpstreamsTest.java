package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.UpstreamPattern;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.OfflineUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FoundUpstreamsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final List<UpstreamConfig> opened = new ArrayList<>();

    @Test
    void areOpenedOnceAndOnlyWhereAPatternMatches() throws ConfigException {
        FoundUpstreams found = found("\"*.a.com\": {}");

        assertThat(found.find(new Registry("x.a.com"))).isEqualTo(found.find(new Registry("x.a.com")));
        assertThat(found.find(new Registry("x.b.com"))).isEmpty();
        assertThat(opened).extracting(UpstreamConfig::registry).containsExactly(new Registry("x.a.com"));
    }

    @Test
    void areBoundedAndThoseThatAreKnownStayOpen() throws ConfigException {
        FoundUpstreams found = found("\"*.a.com\": {}");
        for (int i = 0; i < FoundUpstreams.MOST; i++) {
            found.find(new Registry("x" + i + ".a.com"));
        }

        assertThatThrownBy(() -> found.find(new Registry("more.a.com")))
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessageContaining("more.a.com is one more than the 1000 registries");
        assertThat(found.find(new Registry("x7.a.com"))).isPresent();
    }

    @Test
    void makeRoomWhenNobodyUsedThemForAnHour() throws ConfigException {
        FoundUpstreams found = found("\"*.a.com\": {}");
        found.find(new Registry("old.a.com"));
        nanos.addAndGet(Duration.ofMinutes(40).toNanos());
        found.find(new Registry("new.a.com"));
        nanos.addAndGet(Duration.ofMinutes(40).toNanos());

        assertThat(found.takeUnused())
                .extracting(open -> open.config().registry())
                .containsExactly(new Registry("old.a.com"));
        assertThat(found.open()).hasSize(1);
    }

    @Test
    void stayOpenOverAReloadWhereNothingChangedForThem() throws ConfigException {
        FoundUpstreams found = found("\"*.a.com\": {}, \"*.b.com\": {}");
        Upstreams.Open same = found.find(new Registry("x.a.com")).orElseThrow();
        found.find(new Registry("x.b.com"));

        FoundUpstreams next = found.next(patterns("\"*.a.com\": {}, \"*.b.com\": { connections: 3 }"));

        assertThat(next.open()).containsExactly(same);
        assertThat(next.find(new Registry("x.b.com")).orElseThrow().config().connections())
                .isEqualTo(3);
    }

    private FoundUpstreams found(String upstreams) throws ConfigException {
        return new FoundUpstreams(patterns(upstreams), this::open, nanos::get);
    }

    private static List<UpstreamPattern> patterns(String upstreams) throws ConfigException {
        return ConfigLoader.parse("test", "upstreams: { " + upstreams + " }", Map.of())
                .upstreamPatterns();
    }

    private Upstreams.Open open(UpstreamConfig config) {
        opened.add(config);
        return new Upstreams.Open(config, new OfflineUpstream(config), () -> {});
    }
}
