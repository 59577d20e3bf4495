package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands in the log of a refusal. */
class AuditLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void aRefusalSaysWhoWhatAndWhy() {
        Repository repository = new Repository(Registry.DOCKER_HUB, "library/alpine");
        new AuditLog().record(new AuditEvent.Refused("10.0.0.7", repository, "3.20", "not for you"));

        assertThat(facts())
                .containsExactly(
                        "client=10.0.0.7",
                        "repository=docker.io/library/alpine",
                        "reference=3.20",
                        "reason=not for you");
    }

    @Test
    void aNameThatNothingHereHasIsARefusalToo() {
        new AuditLog().record(new AuditEvent.Unroutable("10.0.0.7", "app?ns=registry.example", "not an upstream"));

        assertThat(facts())
                .containsExactly("client=10.0.0.7", "name=app?ns=registry.example", "reason=not an upstream");
    }

    private List<String> facts() {
        assertThat(lines.list).singleElement().returns("pull refused", ILoggingEvent::getMessage);
        return lines.list.get(0).getKeyValuePairs().stream()
                .map(fact -> fact.key + "=" + fact.value)
                .toList();
    }
}
