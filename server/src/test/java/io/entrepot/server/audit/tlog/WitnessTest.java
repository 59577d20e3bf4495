package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.LeakCheck;
import io.entrepot.server.audit.tlog.Verification.Outcome;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A witness signs what we signed, if it follows from what the witness knows. */
@ExtendWith(LeakCheck.class)
class WitnessTest {

    @TempDir
    Path root;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private HttpClient http;
    private LogUnderTest log;
    private FakeWitness witness;

    @BeforeEach
    void start() throws Exception {
        Duration patience = Duration.ofSeconds(30);
        http = new HttpClient(loops, new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 2));
        log = new LogUnderTest(root).start();
        witness = new FakeWitness(VerifierTest.keys(log));
    }

    @AfterEach
    void stop() throws Exception {
        log.stop();
        witness.close();
        http.close();
        blocking.shutdown();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Witness client() {
        return new Witness(http, witness.prefix(), witness.key.verifier(), log.sealer, blocking);
    }

    private void publish(Witness client, SignedCheckpoint checkpoint) throws Exception {
        client.publish(checkpoint).get(60, TimeUnit.SECONDS);
    }

    @Test
    void addsItsSignatureToTheCheckpoint() throws Exception {
        Witness client = client();
        publish(client, log.grow(300));
        publish(client, log.grow(1_000));
        assertThat(log.sign().note().verify(List.of(witness.key.verifier()))).isEmpty();
        publish(client, log.grow(1));

        assertThat(witness.answers).containsExactly(200, 200, 200);
        VerifyRequest request = new VerifyRequest(
                log.sealed(),
                log.source,
                LogUnderTest.ORIGIN,
                VerifierTest.keys(log),
                List.of(),
                List.of(witness.key.verifier()));
        log.stop();
        Verification verification = Verifier.verify(request);
        assertThat(verification.outcome()).isEqualTo(Outcome.ANCHORED);
        assertThat(verification.anchors()).extracting(Anchor::size).containsExactly(1_301L);
    }

    @Test
    void learnsFromTheWitnessWhatItKnows() throws Exception {
        publish(client(), log.grow(300));
        publish(client(), log.grow(70));
        assertThat(witness.answers).containsExactly(200, 409, 200);
    }

    @Test
    void saysThatTheWitnessKnowsALongerLog() throws Exception {
        SignedCheckpoint shorter = log.grow(200);
        publish(client(), log.grow(100));
        assertThatThrownBy(() -> publish(client(), shorter))
                .hasCauseInstanceOf(WitnessFailure.class)
                .hasMessageContaining("300 records (expected: at most 200)");
    }

    @Test
    void doesNotTakeTheSignatureOfAnother() throws Exception {
        witness.forge();
        SignedCheckpoint checkpoint = log.grow(200);
        assertThatThrownBy(() -> publish(client(), checkpoint)).hasMessageContaining("has sent no signature");
    }

    @Test
    void repeatsWhatAWitnessSaysThatDoesNotKnowTheLog() throws Exception {
        log.keys.rotate(Instant.now(), Duration.ZERO);
        SignedCheckpoint checkpoint = log.grow(200);
        assertThatThrownBy(() -> publish(client(), checkpoint)).hasMessageContaining("answered 403");
    }
}
