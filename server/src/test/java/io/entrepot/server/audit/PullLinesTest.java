package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands in the log of a pull. */
class PullLinesTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanos = -5;
    private final PullLines log = new PullLines(() -> nanos);

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
        log.decided(Made.not("10.0.0.7", Ruling.Verdict.DENY, 403, "3.20", "not for you"));

        assertThat(logged())
                .containsExactly("INFO pull refused client=10.0.0.7 repository=docker.io/library/alpine reference=3.20"
                        + " reason=not for you");
    }

    @Test
    void aRegistryThatIsNoneOfOursIsRefusedByName() {
        log.unroutable(elsewhere("10.0.0.7"));

        assertThat(logged())
                .containsExactly("INFO pull refused client=10.0.0.7 registry=registry.example"
                        + " name=registry.example/team/app:1 reason=not an upstream");
    }

    @Test
    void aRegistryThatIsAskedForAgainAndAgainHasOneLineAMinuteWithTheNumberOfThoseLeftOut() {
        for (int second = 0; second < 60; second++) {
            log.unroutable(elsewhere("10.0.0." + second));
            nanos += Duration.ofSeconds(1).toNanos();
        }
        log.unroutable(elsewhere("10.0.0.60"));
        log.unroutable(elsewhere("10.0.0.61"));

        assertThat(logged()).hasSize(2);
        assertThat(logged().get(0)).contains("client=10.0.0.0 ").doesNotContain("leftOut");
        assertThat(logged().get(1)).contains("client=10.0.0.60 ").endsWith(" leftOut=59");
    }

    @Test
    void eachRegistryHasALineOfItsOwn() {
        log.unroutable(elsewhere("10.0.0.7"));
        log.unroutable(Made.unroutable("10.0.0.7", "other.example/a:1", "other.example", "not an upstream"));

        assertThat(logged()).hasSize(2);
    }

    @Test
    void aNameThatNothingHereHasIsARefusalTooAndBounded() {
        log.unroutable(Made.unroutable("10.0.0.7", "UPPER?ns=docker.io", "", "not a name"));
        log.unroutable(Made.unroutable("10.0.0.7", "LOWER?ns=docker.io", "", "not a name"));

        assertThat(logged())
                .containsExactly("INFO pull refused client=10.0.0.7 name=UPPER?ns=docker.io reason=not a name");
    }

    @Test
    void anAllowIsNoNewsUnlessATrialOrAnExemptionLetItBy() {
        log.decided(Made.allowed("10.0.0.7", Made.DIGEST));
        log.decided(new AuditEvent.Decision(
                Made.at("10.0.0.7"),
                Made.tag("latest"),
                Ruling.allow("all", false, List.of(new Ruling.Warned("soon", "use a version")), ""),
                Made.found(Made.DIGEST),
                Basis.NONE));

        assertThat(logged())
                .containsExactly(
                        "INFO pull allowed client=10.0.0.7 repository=docker.io/library/alpine reference=latest"
                                + " digest=" + Made.DIGEST + " rule=all warnings=use a version");
    }

    @Test
    void aFailureSaysWhatTheClientWasToldOnceAMinute() {
        AuditEvent.Decision failed =
                Made.not("10.0.0.7", Ruling.Verdict.FAILED, 503, "3.20", "upstream unavailable: no route");
        log.decided(failed);
        log.decided(failed);
        log.decided(Made.not("10.0.0.7", Ruling.Verdict.FAILED, 404, "3.21", "not there"));

        assertThat(logged())
                .containsExactly("WARN pull failed client=10.0.0.7 repository=docker.io/library/alpine reference=3.20"
                        + " status=503 reason=upstream unavailable: no route");
    }

    private static AuditEvent.Unroutable elsewhere(String client) {
        return Made.unroutable(client, "registry.example/team/app:1", "registry.example", "not an upstream");
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
