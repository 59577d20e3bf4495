package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of C2SP tlog-tiles. */
class LogPathTest {

    @Test
    void writesNumbersInGroupsOfThree() {
        assertThat(new LogPath.Hashes(0, 1_234_067, 256)).hasToString("tile/0/x001/x234/067");
        assertThat(new LogPath.Hashes(63, 0, 1)).hasToString("tile/63/000.p/1");
        assertThat(new LogPath.Entries(999, 255)).hasToString("tile/entries/999.p/255");
        assertThat(new LogPath.Entries(1000, 256)).hasToString("tile/entries/x001/000");
    }

    @Property
    void readsWhatItWrites(
            @ForAll @IntRange(max = 63) int level,
            @ForAll @LongRange(max = 999_999_999_999_999L) long index,
            @ForAll @IntRange(min = 1, max = 256) int width) {
        LogPath hashes = new LogPath.Hashes(level, index, width);
        LogPath entries = new LogPath.Entries(index, width);
        assertThat(LogPath.parse(hashes.toString())).contains(hashes);
        assertThat(LogPath.parse(entries.toString())).contains(entries);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "checkpoint/",
                "/checkpoint",
                "tile",
                "tile/0",
                "tile/0/",
                "tile/0/1",
                "tile/0/0001",
                "tile/00/001",
                "tile/64/000",
                "tile/-1/000",
                "tile/0/x000/001",
                "tile/0/001/002",
                "tile/0/x001",
                "tile/0/000.p/0",
                "tile/0/000.p/256",
                "tile/0/000.p/01",
                "tile/0/000.p/999",
                "tile/0/000.p",
                "tile/entries/../../000",
                "tile/data/000",
                "tile/0/x001/x002/x003/x004/x005/x006/007",
                "tile/0/٠٠١"
            })
    void knowsNoOtherPaths(String path) {
        assertThat(LogPath.parse(path)).isEmpty();
    }
}
