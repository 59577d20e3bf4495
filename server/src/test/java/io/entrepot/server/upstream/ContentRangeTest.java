package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRangeTest {

    @Test
    void saysFirstLastAndSize() {
        assertThat(ContentRange.parse("bytes 5-9/100")).contains(new ContentRange(5, 9, 100));
        assertThat(ContentRange.parse("Bytes 5-9/100")).contains(new ContentRange(5, 9, 100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 5-9",
                "bytes 5-9/*",
                "bytes */100",
                "bytes 9-5/100",
                "bytes 5-100/100",
                "bytes -5-9/100",
                "bytes 5-9/100, bytes 20-30/100",
                "items 5-9/100",
                "bytes=5-9/100",
                "bytes 0-9/99999999999999999999"
            })
    void isNothingWhereItCannotBe(String text) {
        assertThat(ContentRange.parse(text)).isEmpty();
    }

    @Property
    void readsWhatItWrites(
            @ForAll @LongRange(min = 0, max = 1L << 40) long first,
            @ForAll @LongRange(min = 0, max = 1L << 40) long more,
            @ForAll @LongRange(min = 1, max = 1L << 40) long rest) {
        ContentRange range = new ContentRange(first, first + more, first + more + rest);

        assertThat(ContentRange.parse(range.toString())).contains(range);
    }
}
