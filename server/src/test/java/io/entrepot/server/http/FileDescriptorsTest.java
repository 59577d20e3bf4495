package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDescriptorsTest {

    private long open;

    @Test
    void isFullAtItsPercentageOrWhereTheReserveBegins() {
        assertThat(fullAt(new FileDescriptors(10_000, 90, 64, () -> open))).isEqualTo(9_000);
        assertThat(fullAt(new FileDescriptors(256, 90, 64, () -> open))).isEqualTo(192);
        assertThat(fullAt(new FileDescriptors(100, 90, 64, () -> open))).isEqualTo(50);
    }

    @Test
    void addsWhatClientsOpenedSinceItCounted() {
        FileDescriptors descriptors = new FileDescriptors(100, 90, 0, () -> 80);
        descriptors.sample(30);

        assertThat(descriptors.isFull(39)).isFalse();
        assertThat(descriptors.isFull(40)).isTrue();
        assertThat(descriptors.isFull(0)).isFalse();
    }

    @Test
    void isRoomyAgainSomewhatBelow() {
        FileDescriptors descriptors = new FileDescriptors(1_000, 90, 0, () -> open);
        open = 885;
        descriptors.sample(0);
        assertThat(descriptors.isRoomy(0)).isFalse();
        open = 881;
        descriptors.sample(0);

        assertThat(descriptors.isRoomy(0)).isTrue();
    }

    @Test
    void isSpentWithinTheReserve() {
        FileDescriptors descriptors = new FileDescriptors(256, 90, 64, () -> open);
        open = 223;
        descriptors.sample(0);

        assertThat(descriptors.isSpent(0)).isFalse();
        assertThat(descriptors.isSpent(1)).isTrue();
    }

    @Test
    void takesAllForOpenWhenTheyCannotBeCounted() {
        FileDescriptors descriptors = new FileDescriptors(256, 90, 64, () -> {
            throw new InternalError("unable to open directory");
        });
        descriptors.sample(0);

        assertThat(descriptors.isSpent(0)).isTrue();
    }

    private long fullAt(FileDescriptors descriptors) {
        for (open = 0; ; open++) {
            descriptors.sample(0);
            if (descriptors.isFull(0)) {
                return open;
            }
        }
    }
}
