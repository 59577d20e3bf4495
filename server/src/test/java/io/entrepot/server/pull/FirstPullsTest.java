package io.entrepot.server.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FirstPullsTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Repository OTHER = new Repository(Registry.DOCKER_HUB, "library/other");
    private static final Tag TAG = new Tag("3.20");
    private static final Digest DIGEST = Digest.of(new byte[] {1});
    private static final Principal NODE = new Principal.Peer(address(1), address(1));
    private static final Principal NEIGHBOUR = new Principal.Peer(address(2), address(2));

    private long nanos;
    private final FirstPulls pulls = new FirstPulls(() -> nanos);

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void knowsByWhichTagADigestIsMeantAndTellsItOnce() {
        pulls.resolved(NODE, ALPINE, TAG, DIGEST);

        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).containsExactly(TAG);
        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).isEmpty();
    }

    @Test
    void whatSomebodyElseResolvedIsNotTheirs() {
        pulls.resolved(NODE, ALPINE, TAG, DIGEST);

        assertThat(pulls.completed(NEIGHBOUR, ALPINE, DIGEST)).isEmpty();
        assertThat(pulls.completed(NODE, OTHER, DIGEST)).isEmpty();
        assertThat(pulls.completed(NODE, ALPINE, Digest.of(new byte[] {2}))).isEmpty();
        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).containsExactly(TAG);
    }

    @Test
    void oneDigestMayBeMeantByManyTags() {
        pulls.resolved(NODE, ALPINE, TAG, DIGEST);
        pulls.resolved(NODE, ALPINE, new Tag("3"), DIGEST);
        pulls.resolved(NODE, ALPINE, TAG, DIGEST);

        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).containsExactlyInAnyOrder(TAG, new Tag("3"));
    }

    @Test
    void theNamesOfOneDigestAreBounded() {
        for (int i = 0; i < 1_000; i++) {
            pulls.resolved(NODE, ALPINE, new Tag("t" + i), DIGEST);
        }

        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).hasSize(16);
    }

    @Test
    void forgetsATagThatWasResolvedLongAgo() {
        pulls.resolved(NODE, ALPINE, TAG, DIGEST);
        nanos += Duration.ofMinutes(10).toNanos();

        assertThat(pulls.completed(NODE, ALPINE, DIGEST)).isEmpty();
    }
}
