package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.audit.journal.Body;
import io.entrepot.server.audit.journal.Outage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is on record before anybody goes on, what is counted instead, and what becomes of pulls when nothing can be recorded. */
class AuditLogTest {

    private final Kept kept = new Kept();
    private long nanos;

    /** Keeps records in memory, as long as it can. */
    private static final class Kept implements AuditRecords {

        private final List<String> all = new ArrayList<>();
        private boolean broken;
        private boolean scarce;
        private int room = Integer.MAX_VALUE;
        private Optional<String> held = Optional.empty();

        @Override
        public CompletableFuture<Long> append(Body record, Executor resume) {
            if (broken) {
                return CompletableFuture.failedFuture(new IOException("no space left on device"));
            }
            post(record);
            return CompletableFuture.completedFuture(all.size() - 1L);
        }

        @Override
        public boolean post(Body record) {
            if (room-- <= 0) {
                return false;
            }
            all.add(new String(record.bytes(), StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public boolean isWritable() {
            return !broken;
        }

        @Override
        public Optional<String> held() {
            return held;
        }

        @Override
        public boolean isScarce() {
            return scarce;
        }
    }

    private AuditLog log(boolean degrade) {
        return new AuditLog(kept, () -> Runnable::run, Naming.PLAIN, degrade, () -> nanos);
    }

    private static AuditEvent.Decision denied(String client, int i) {
        return Made.not(client, Ruling.Verdict.DENY, 403, "t" + i, "no");
    }

    @Test
    void aRecordHasTheNumberThatItWasGiven() {
        AuditLog log = log(false);

        assertThat(log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join()).isZero();
        assertThat(log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join()).isEqualTo(1);
    }

    @Test
    @SuppressWarnings("NullAway") // stands for a defect of ours that shows only when the record is written
    void whatCannotBeWrittenIsNotGivenAndTheLogSaysSo() {
        AuditEvent.Decision decision = Made.allowed("10.0.0.7", Made.DIGEST);
        Requester broken = new Requester(decision.who().client(), 0, null, "", "", "", "", "", "", "");
        AuditEvent.Decision defect =
                new AuditEvent.Decision(broken, decision.what(), decision.ruling(), decision.found(), decision.basis());

        assertThat(log(false).decided(defect)).isCompletedExceptionally();
        assertThat(log(false).record(defect)).isCompletedExceptionally();
        assertThat(kept.all)
                .hasSize(2)
                .allMatch(record -> record.contains("\"type\":\"gap\"")
                        && record.contains("a record could not be written: NullPointerException"));
    }

    @Test
    void refusalsOfOneSourceBeyondARateBecomeOneRecordWithTheirNumber() {
        AuditLog log = log(false);

        for (int i = 0; i < 1_000; i++) {
            log.decided(denied("10.0.0.7", i % 3)).join();
        }
        int each = kept.all.size();
        nanos += TimeUnit.MILLISECONDS.toNanos(399);
        log.decided(denied("10.0.0.7", 0)).join();
        log.decided(denied("10.0.0.7", 2)).join();
        log.decided(denied("10.0.0.8", 0)).join();
        log.flush();

        assertThat(each).isEqualTo(60);
        assertThat(kept.all).hasSize(each + 3);
        assertThat(kept.all.get(each)).contains("\"client\":\"10.0.0.7\"").contains("\"type\":\"decision\"");
        assertThat(kept.all.get(each + 1)).contains("\"client\":\"10.0.0.8\"").contains("\"type\":\"decision\"");
        assertThat(kept.all.get(each + 2))
                .contains("\"type\":\"repeated\"", "\"count\":" + (1_001 - each), "library/alpine:t2");
        log.flush();
        assertThat(kept.all).hasSize(each + 3);
    }

    @Test
    void whatWasCountedIsNotLostWhenTooMuchWaitsToBeWritten() {
        AuditLog log = log(false);
        for (int source = 1; source <= 3; source++) {
            for (int i = 0; i < 100; i++) {
                log.decided(denied("10.0.0." + source, 0)).join();
            }
        }
        int each = kept.all.size();
        kept.room = 1;
        log.flush();
        assertThat(kept.all).hasSize(each + 1);
        log.decided(denied("10.0.0.1", 0)).join();
        kept.room = Integer.MAX_VALUE;
        log.flush();
        log.flush();

        assertThat(kept.all.subList(each, kept.all.size()))
                .extracting(record -> record.replaceFirst(".*\"count\":([0-9]+),\"from.*", "$1"))
                .containsExactly("40", "40", "40", "1");
    }

    @Test
    void aGapThatCannotBeWrittenIsSaidLater() {
        AuditLog log = log(false);
        kept.broken = true;
        assertThatThrownBy(
                        () -> log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        kept.broken = false;
        kept.room = 0;
        log.flush();
        assertThat(kept.all).isEmpty();
        kept.room = Integer.MAX_VALUE;
        log.flush();

        assertThat(kept.all).singleElement().asString().contains("\"type\":\"gap\"", "\"given\":0,\"refused\":1");
    }

    @Test
    void allowsAreNeverCountedTogether() {
        AuditLog log = log(false);

        for (int i = 0; i < 1_000; i++) {
            log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join();
        }

        assertThat(kept.all).hasSize(1_000);
    }

    @Test
    void whereSpaceIsScarceRefusalsOfAllSourcesAreOneRecord() {
        AuditLog log = log(false);
        kept.scarce = true;

        for (int i = 0; i < 100; i++) {
            log.decided(denied("10.0.0." + i, i)).join();
        }
        log.flush();

        assertThat(kept.all).singleElement().asString().contains("\"type\":\"repeated\"", "\"count\":100");
    }

    @Test
    void aCountThatManyMadeIsNobodysInParticular() {
        AuditLog log = log(false);
        Requester alice = new Requester(
                Made.at("10.0.0.7").client(), 1, Made.at("10.0.0.7").via(), "alice", "basic", "", "", "", "", "");
        for (int i = 0; i < 500; i++) {
            log.decided(denied("10.0.0.7", 0)).join();
        }
        log.decided(new AuditEvent.Decision(
                        alice,
                        Made.tag("1"),
                        Ruling.not(Ruling.Verdict.DENY, 403, "", "no"),
                        Found.NOTHING,
                        Basis.NONE))
                .join();
        log.flush();

        assertThat(kept.all.get(kept.all.size() - 1)).contains("repeated").doesNotContain("alice");
    }

    @Test
    void whatIsCountedIsRefusedLikeTheRestWhileNothingCanBeRecordedAndTheLogSaysSoLater() {
        AuditLog log = log(false);
        for (int i = 0; i < 100; i++) {
            log.decided(denied("10.0.0.7", 0)).join();
        }
        kept.broken = true;
        assertThatThrownBy(() -> log.decided(denied("10.0.0.7", 0)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        assertThatThrownBy(
                        () -> log.decided(Made.allowed("10.0.0.8", Made.DIGEST)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        int before = kept.all.size();
        log.flush();
        assertThat(kept.all).hasSize(before);

        kept.broken = false;
        log.flush();
        assertThat(kept.all.subList(before, kept.all.size()))
                .hasSize(2)
                .anySatisfy(record -> assertThat(record).contains("repeated"))
                .anySatisfy(record -> assertThat(record).contains("\"type\":\"gap\"", "\"refused\":1"));
    }

    @Test
    void nothingIsDecidedWhileTheLogWaitsForASinkAndItSaysAfterwardsHowMuchWasRefused() {
        AuditLog log = log(true);
        log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join();
        kept.held = Optional.of("audit sink siem is 10 records behind");

        assertThatThrownBy(
                        () -> log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class)
                .hasMessageContaining("too far behind");
        assertThatThrownBy(() -> log.decided(denied("10.0.0.7", 0)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        assertThatThrownBy(() -> log.unroutable(Made.unroutable("10.0.0.7", "evil.example/a:1", "", "no"))
                        .join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        log.flush();
        assertThat(kept.all).hasSize(1);
        assertThat(log.note(new AuditEvent.Happened("stop", List.of()))).isTrue();

        log.wentOn(Instant.parse("2026-11-27T02:00:00Z"), Instant.parse("2026-11-27T03:00:00Z"), "it was behind");
        assertThat(kept.all.get(2))
                .contains(
                        "\"type\":\"gap\"",
                        "\"from\":\"2026-11-27T02:00:00Z\"",
                        "\"to\":\"2026-11-27T03:00:00Z\"",
                        "\"why\":\"it was behind\"",
                        "\"given\":0",
                        "\"refused\":3");
    }

    @Test
    void nothingIsGivenOffTheRecord() {
        AuditLog log = log(false);
        log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join();
        kept.broken = true;

        assertThatThrownBy(
                        () -> log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
    }

    @Test
    void whereTheOperatorChoseThatWhatWasGivenBeforeGoesOnAndIsCounted() {
        AuditLog log = log(true);
        log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join();
        kept.broken = true;

        assertThat(log.decided(Made.allowed("10.0.0.7", Made.DIGEST)).join()).isEqualTo(AuditLog.NONE);
        assertThatThrownBy(
                        () -> log.decided(Made.allowed("10.0.0.8", Made.DIGEST)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);
        String other = Made.DIGEST.replace('a', 'c');
        assertThatThrownBy(() -> log.decided(Made.allowed("10.0.0.7", other)).join())
                .hasCauseInstanceOf(RegistryException.Unavailable.class);

        kept.broken = false;
        log.writableAgain(new Outage(
                Instant.parse("2026-11-27T02:00:00Z"),
                Instant.parse("2026-11-27T02:00:05Z"),
                3,
                new IOException("no space left on device")));
        assertThat(kept.all.get(kept.all.size() - 1))
                .contains(
                        "\"type\":\"gap\"",
                        "\"from\":\"2026-11-27T02:00:00Z\"",
                        "\"why\":\"no space left on device\"",
                        "\"given\":1",
                        "\"refused\":2",
                        "\"lost\":3");
    }
}
