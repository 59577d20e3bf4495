package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Public, private and never: one line for each kind of address. */
class AddressFilterTest {

    private final AddressFilter outside = new AddressFilter(false);
    private final AddressFilter internal = new AddressFilter(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.9.9.9",
                "44.205.64.79",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2600:1f18::1",
                "2a00:1450:4001::1",
                "64:ff9b::909:909",
                "2002:909:909::1"
            })
    void everybodyMayHavePublicAddresses(String address) throws Exception {
        assertThat(outside.allows(InetAddress.getByName(address))).isTrue();
        assertThat(internal.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "192.168.0.0",
                "192.168.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "::1",
                "fc00::1",
                "fdff::1",
                "::ffff:127.0.0.1",
                "::ffff:10.1.2.3",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "2002:7f00:1::",
                "2002:a00:5::1",
                "2001:0:909:909:0:0:f5ff:fffa",
                "2a00::5efe:a00:1",
                "2a00::200:5efe:c0a8:101"
            })
    void onlyInternalUpstreamsMayHavePrivateAddresses(String address) throws Exception {
        assertThat(outside.allows(InetAddress.getByName(address))).isFalse();
        assertThat(internal.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "169.254.0.1",
                "169.254.169.254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.1",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "fe80::1",
                "fe80::a9fe:a9fe",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "100::1",
                "2001:db8::1",
                "3fff::1",
                "5f00::1",
                "4000::1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::7f00:2",
                "::ffff:0:7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::",
                "2001:0:909:909:0:0:5601:5601",
                "2a00::5efe:a9fe:a9fe"
            })
    void nobodyMayHaveTheRest(String address) throws Exception {
        assertThat(outside.allows(InetAddress.getByName(address))).isFalse();
        assertThat(internal.allows(InetAddress.getByName(address))).isFalse();
    }

    @Property
    void noIpv6AddressLeadsWhereItsIpv4AddressMayNot(@ForAll @Size(4) byte[] inner) throws Exception {
        String hex = HexFormat.of().formatHex(inner);
        boolean allowed = outside.allows(InetAddress.getByAddress(inner));

        assertThat(outside.allows(six("0064ff9b0000000000000000" + hex))).isEqualTo(allowed);
        assertThat(outside.allows(six("2002" + hex + "00000000000000000001"))).isEqualTo(allowed);
        assertThat(outside.allows(six("2a00000000000000" + "00005efe" + hex))).isEqualTo(allowed);
        assertThat(outside.allows(six("00000000000000000000ffff" + hex))).isEqualTo(allowed);
        assertThat(outside.allows(six("000000000000000000000000" + hex))).isFalse();
    }

    private static InetAddress six(String hex) throws UnknownHostException {
        return InetAddress.getByAddress(HexFormat.of().parseHex(hex));
    }
}
