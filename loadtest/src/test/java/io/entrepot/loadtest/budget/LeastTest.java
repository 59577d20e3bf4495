package io.entrepot.loadtest.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeastTest {

    private final Least least = new Least(Duration.ofMinutes(5));

    @Test
    void isOneHeadForEachStretchInWhichATagIsAskedFor() {
        least.pulled(1, Duration.ofMinutes(0));
        least.pulled(1, Duration.ofMinutes(5));
        assertThat(least.heads()).isZero();
        least.pulled(1, Duration.ofMinutes(6));
        least.pulled(1, Duration.ofMinutes(11));
        assertThat(least.heads()).isEqualTo(1);
        least.pulled(1, Duration.ofMinutes(90));
        assertThat(least.heads()).isEqualTo(2);
    }

    @Test
    void isOneGetForEachDigest() {
        least.came(Digest.of(new byte[] {1}));
        least.came(Digest.of(new byte[] {1}));
        least.came(Digest.of(new byte[] {2}));

        assertThat(least.gets()).isEqualTo(2);
        assertThat(least.requests()).isEqualTo(2);
    }

    @Test
    void knowsWhatCameWhole() {
        least.pulled(1, Duration.ZERO);
        assertThat(least.isCached(1)).isFalse();
        least.whole(1);
        assertThat(least.isCached(1)).isTrue();
    }
}
