package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

    static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    static final String TCP4 = SIGNATURE + "2111000c" + "cb007107" + "0a000001" + "dc0401bb";
    static final String TCP6 = SIGNATURE + "21210024" + "20010db8000000000000000000000001"
            + "20010db8000000000000000000000002" + "dc0401bb";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324 443 | 203.0.113.7",
                "PROXY TCP4 255.255.255.255 255.255.255.255 65535 0 | 255.255.255.255",
                "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535 | 2001:db8:0:0:0:0:0:1",
                "PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2 | 203.0.113.7",
                "PROXY TCP6 ffff:f:f:ffff:ffff:ffff:ffff:ffff ffff:f:f:ffff:ffff:ffff:ffff:ffff 65535 65535"
                        + " | ffff:f:f:ffff:ffff:ffff:ffff:ffff",
                "PROXY UNKNOWN | null",
                "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 1 2 3 | null",
            })
    void readsAFirstLine(String line, String source) {
        ProxyHeader header = whole(text(line + "\r\n"));

        assertThat(header.length()).isEqualTo(line.length() + 2);
        assertThat(source(header)).isEqualTo(source);
    }

    @ParameterizedTest
    @CsvSource({
        TCP4 + ",203.0.113.7",
        TCP6 + ",2001:db8:0:0:0:0:0:1",
        SIGNATURE + "20000000,null",
        SIGNATURE + "2011000c" + "cb0071070a000001dc0401bb,null",
        SIGNATURE + "21000003010203,null",
        SIGNATURE + "2111000f" + "cb0071070a000001dc0401bb" + "200000,203.0.113.7",
        SIGNATURE + "21210024" + "00000000000000000000ffffcb007107" + "00000000000000000000ffff0a000001"
                + "dc0401bb,203.0.113.7",
    })
    void readsABinaryHeader(String hex, String source) {
        ProxyHeader header = whole(hex(hex));

        assertThat(header.length()).isEqualTo(hex.length() / 2);
        assertThat(source(header)).isEqualTo(source);
    }

    @ParameterizedTest
    @ValueSource(strings = {TCP4, TCP6, "50524f585920554e4b4e4f574e0d0a", SIGNATURE + "20000000"})
    void waitsForTheLastByte(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length)))
                    .as("after %d bytes", length)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324 443\n",
                "PROXY  TCP4 203.0.113.7 10.0.0.1 56324 443\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324 443 \r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324 65536\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 056324 443\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 -1 443\r\n",
                "PROXY TCP4 203.0.113.256 10.0.0.1 1 443\r\n",
                "PROXY TCP4 203.0.113.07 10.0.0.1 1 443\r\n",
                "PROXY TCP4 2001:db8::1 2001:db8::2 1 443\r\n",
                "PROXY TCP6 203.0.113.7 10.0.0.1 1 443\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 443\r\n",
                "PROXY TCP4 localhost 10.0.0.1 1 443\r\n",
                "PROXY UDP4 203.0.113.7 10.0.0.1 1 443\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY \r\n",
                "PROXY \u0000\r\n",
                "PROXY \n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 1 443 and so on and so on and so on and so on and so on and so on and so on and so on",
            })
    void refusesALineThatIsNone(String line) {
        assertThatThrownBy(() -> ProxyHeader.read(text(line))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2211000c",
                "1111000c",
                "2112000c",
                "2141000c",
                "2111000b",
                "21210023",
                "2111ffff",
                "21110219",
                "20ffffff",
            })
    void refusesABinaryHeaderThatIsNone(String head) {
        assertThatThrownBy(() -> ProxyHeader.read(hex(SIGNATURE + head + "00".repeat(40))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /v2/ HTTP/1.1\r\n", "PUT / HTTP/1.1\r\n", "PROXX TCP4", "\r\n\r\nX", "\u0016\u0003\u0001"})
    void leavesWhatBeginsOtherwise(String bytes) {
        assertThat(ProxyHeader.read(text(bytes))).contains(ProxyHeader.NONE);
    }

    @Test
    void allowsFiveHundredBytesOfExtensionsAndNoMore() {
        String most = SIGNATURE + "21110218" + "cb0071070a000001dc0401bb" + "00".repeat(524);

        assertThat(whole(hex(most)).length()).isEqualTo(16 + 536);
    }

    @Property(tries = 5_000)
    void neverReadsBeyondItsBoundWhateverComes(@ForAll @Size(max = 700) byte[] junk, @ForAll boolean binary) {
        ByteBuf bytes = Unpooled.wrappedBuffer(binary ? hex(SIGNATURE) : text("PROXY "), Unpooled.wrappedBuffer(junk));
        try {
            Optional<ProxyHeader> header = ProxyHeader.read(bytes);

            assertThat(header.isPresent() || bytes.readableBytes() < 16 + 536 + 1)
                    .isTrue();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("expected");
        }
    }

    private static ProxyHeader whole(ByteBuf bytes) {
        return ProxyHeader.read(bytes).orElseThrow();
    }

    private static String source(ProxyHeader header) {
        return header.source() == null ? "null" : header.source().getHostAddress();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }
}
