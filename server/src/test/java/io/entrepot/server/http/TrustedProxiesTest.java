package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.Network;
import io.entrepot.server.http.RequestHead.Field;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedProxiesTest {

    private static final TrustedProxies PROXIES =
            new TrustedProxies(List.of(Network.parse("10.0.0.0/8"), Network.parse("fd00::/8")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7 | 203.0.113.7",
                "203.0.113.7, 10.0.0.5 | 203.0.113.7",
                "203.0.113.7,10.0.0.5 , fd00::1 | 203.0.113.7",
                "10.0.0.9, 203.0.113.7 | 203.0.113.7",
                "1.1.1.1, 203.0.113.7 | 203.0.113.7",
                "10.0.0.9, 10.0.0.8 | 10.0.0.9",
                "2001:db8::1 | 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1] | 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1]:443 | 2001:db8:0:0:0:0:0:1",
                "203.0.113.7:5000 | 203.0.113.7",
                "203.0.113.7, unknown | 10.0.0.1",
                "203.0.113.7, unknown, 10.0.0.5 | 10.0.0.5",
                "203.0.113.7, | 10.0.0.1",
                "203.0.113.7, , 10.0.0.5 | 10.0.0.5",
                ", | 10.0.0.1",
                "'' | 10.0.0.1",
                "localhost | 10.0.0.1",
                "203.0.113.7:x | 10.0.0.1",
                "203.0.113.7:123456 | 10.0.0.1",
                "203.0.113 | 10.0.0.1",
                "[2001:db8::1 | 10.0.0.1",
                "[ | 10.0.0.1",
                "[] | 10.0.0.1",
                "[]: | 10.0.0.1",
                ": | 10.0.0.1",
                ":: | 0:0:0:0:0:0:0:0",
                "fe80::1%eth0 | 10.0.0.1",
            })
    void findsTheFirstFromTheRightThatIsNotTrusted(String header, String client) {
        assertThat(client("10.0.0.1", header)).isEqualTo(client);
    }

    @Test
    void readsSeveralHeadersAsOne() {
        assertThat(client("10.0.0.1", "1.1.1.1, 203.0.113.7", "10.0.0.5")).isEqualTo("203.0.113.7");
    }

    @Test
    void doesNotReadWhatAnybodyElseSays() {
        assertThat(client("192.0.2.1", "203.0.113.7")).isEqualTo("192.0.2.1");
    }

    @Test
    void takesAnIpv4AddressInIpv6ForWhatItIs() {
        assertThat(client("10.0.0.1", "203.0.113.7, ::ffff:10.0.0.5")).isEqualTo("203.0.113.7");
    }

    @Test
    void endsAfterThirtyTwoHops() {
        String proxies = String.join(
                ",", IntStream.range(0, 100).mapToObj(i -> "10.0.1." + i).toList());

        assertThat(client("10.0.0.1", "203.0.113.7," + proxies)).isEqualTo("10.0.1.68");
    }

    private static String client(String source, String... headers) {
        List<Field> fields = Stream.of(headers)
                .map(value -> new Field("x-forwarded-FOR", value))
                .toList();
        RequestHead head = new RequestHead("GET", "/v2/", "HTTP/1.1", fields);
        InetAddress from = Network.address(source);
        return PROXIES.client(head, from).getHostAddress();
    }
}
