package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands in the log of a pull. */
class AuditLogTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Repository ELSEWHERE = new Repository(new Registry("registry.example"), "team/app");
    private static final Digest DIGEST = Digest.of(new byte[] {1});

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanos = -5;
    private final AuditLog log = new AuditLog(() -> nanos);

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void aRefusalSaysWhoWhatAndWhy() {
        log.record(new AuditEvent.Refused("10.0.0.7", ALPINE, "3.20", "", "not for you"));

        assertThat(logged())
                .containsExactly("INFO pull refused client=10.0.0.7 repository=docker.io/library/alpine reference=3.20"
                        + " reason=not for you");
    }

    @Test
    void aRegistryThatIsNoneOfOursIsRefusedByName() {
        log.record(elsewhere("10.0.0.7"));

        assertThat(logged())
                .containsExactly("INFO pull refused registry=registry.example repository=registry.example/team/app"
                        + " client=10.0.0.7 reason=not an upstream");
    }

    @Test
    void aRegistryThatIsAskedForAgainAndAgainHasOneLineAMinuteWithTheNumberOfThoseLeftOut() {
        for (int second = 0; second < 60; second++) {
            log.record(elsewhere("10.0.0." + second));
            nanos += Duration.ofSeconds(1).toNanos();
        }
        log.record(elsewhere("10.0.0.60"));
        log.record(elsewhere("10.0.0.61"));

        assertThat(logged()).hasSize(2);
        assertThat(logged().get(0)).contains("client=10.0.0.0 ").doesNotContain("leftOut");
        assertThat(logged().get(1)).contains("client=10.0.0.60 ").endsWith(" leftOut=59");
    }

    @Test
    void eachRegistryHasALineOfItsOwn() {
        log.record(elsewhere("10.0.0.7"));
        log.record(new AuditEvent.NotAnUpstream(
                "10.0.0.7", new Repository(new Registry("other.example"), "a"), "not an upstream"));

        assertThat(logged()).hasSize(2);
    }

    @Test
    void aNameThatNothingHereHasIsARefusalTooAndBounded() {
        log.record(new AuditEvent.Unroutable("10.0.0.7", "UPPER?ns=docker.io", "not a name"));
        log.record(new AuditEvent.Unroutable("10.0.0.7", "LOWER?ns=docker.io", "not a name"));

        assertThat(logged())
                .containsExactly("INFO pull refused client=10.0.0.7 name=UPPER?ns=docker.io reason=not a name");
    }

    @Test
    void aPullSaysWhatWentOut() {
        log.record(new AuditEvent.Allowed("10.0.0.7", ALPINE, "3.20", DIGEST, "", List.of(), ""));
        log.record(new AuditEvent.Ended("10.0.0.7", ALPINE, DIGEST, 7, true));

        assertThat(logged())
                .containsExactly(
                        "DEBUG pull allowed client=10.0.0.7 repository=docker.io/library/alpine reference=3.20 digest="
                                + DIGEST,
                        "DEBUG pull ended client=10.0.0.7 repository=docker.io/library/alpine digest=" + DIGEST
                                + " bytes=7 complete=true");
    }

    @Test
    void aFailureSaysWhatTheClientWasToldOnceAMinute() {
        AuditEvent failed = new AuditEvent.Failed("10.0.0.7", ALPINE, "3.20", 503, "upstream unavailable: no route");
        log.record(failed);
        log.record(failed);
        log.record(new AuditEvent.Failed("10.0.0.7", ALPINE, "3.21", 404, "not there"));

        assertThat(logged())
                .containsExactly(
                        "WARN pull failed client=10.0.0.7 repository=docker.io/library/alpine reference=3.20 status=503"
                                + " reason=upstream unavailable: no route",
                        "DEBUG pull failed client=10.0.0.7 repository=docker.io/library/alpine reference=3.21 status=404"
                                + " reason=not there");
    }

    private static AuditEvent elsewhere(String client) {
        return new AuditEvent.NotAnUpstream(client, ELSEWHERE, "not an upstream");
    }

    private List<String> logged() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getMessage() + " "
                        + line.getKeyValuePairs().stream()
                                .map(fact -> fact.key + "=" + fact.value)
                                .collect(Collectors.joining(" ")))
                .toList();
    }
}
