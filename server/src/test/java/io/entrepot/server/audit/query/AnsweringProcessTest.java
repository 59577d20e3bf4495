package io.entrepot.server.audit.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnsweringProcessTest {

    @Test
    void whoIsInterruptedLeavesNoAnswerForTheNext() throws Exception {
        try (AnsweringProcess process = AnsweringProcess.start(List.of("sleep", "3600"))) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> process.ask(new byte[] {'{', '}'}, Duration.ofMinutes(5)))
                    .isInstanceOf(InterruptedException.class);
            assertThat(process.isAlive()).isFalse();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void whatTookTooLongIsNotAskedAgain() throws Exception {
        try (AnsweringProcess process = AnsweringProcess.start(List.of("sleep", "3600"))) {
            assertThatThrownBy(() -> process.ask(new byte[] {'{', '}'}, Duration.ofMillis(1)))
                    .hasMessage("the question took more than 0 s");
            assertThat(process.isAlive()).isFalse();
        }
    }
}
