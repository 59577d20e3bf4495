package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private final Slots slots = new Slots(2);

    @Test
    void letsInAsManyAsThereArePlaces() {
        slots.take();

        assertThat(slots.take()).isCompleted();
        assertThat(slots.take()).isNotDone();
    }

    @Test
    void callsThoseWhoWaitInTheirOrder() {
        slots.take();
        slots.take();
        CompletableFuture<Void> first = slots.take();
        CompletableFuture<Void> second = slots.take();

        slots.giveBack();

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
    }

    @Test
    void givesPlacesThatAreGivenBackAtOnceToEverybodyInTheLine() {
        slots.take();
        slots.take();
        List<CompletableFuture<Void>> line = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            line.add(slots.take());
        }
        line.forEach(turn -> turn.thenRun(slots::giveBack));

        slots.giveBack();

        assertThat(line).allMatch(CompletableFuture::isDone);
        assertThat(slots.take()).isCompleted();
    }

    @Test
    void turnsAwayWhoFindsTheLineTooLong() {
        for (int i = 0; i < 2 + 10_000; i++) {
            slots.take();
        }

        assertThat(slots.take())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(RegistryException.Unavailable.class);
    }
}
