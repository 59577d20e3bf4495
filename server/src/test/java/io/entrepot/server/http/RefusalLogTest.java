package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.entrepot.server.audit.AuditLog;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A client that asks for what is none of ours leaves a line in the log, whether requests are logged or not. */
class RefusalLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final TestMirror mirror = new TestMirror();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        mirror.close();
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void aRegistryThatIsNotAnUpstreamIsNamedOnceForManyPulls() {
        mirror.ask("GET", "/v2/team/app/manifests/1?ns=ghcr.io");
        mirror.ask("HEAD", "/v2/ghcr.io/team/other/manifests/2");
        mirror.ask("GET", "/v2/ghcr.io/team/app/tags/list");

        assertThat(lines.list).singleElement().returns("pull refused", ILoggingEvent::getMessage);
        assertThat(lines.list.get(0).getKeyValuePairs().stream()
                        .map(fact -> fact.key + "=" + fact.value)
                        .collect(Collectors.joining(" ")))
                .startsWith(
                        "client=127.0.0.1 registry=ghcr.io name=team/app:1?ns=ghcr.io reason=ghcr.io is not an upstream"
                                + " of this mirror; these lines add it: ");
    }
}
