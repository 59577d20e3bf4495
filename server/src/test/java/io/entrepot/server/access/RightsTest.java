package io.entrepot.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.AccessConfig.Group;
import io.entrepot.config.AccessConfig.Right;
import io.entrepot.config.AskerMatch;
import io.entrepot.config.Network;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal.Known;
import io.entrepot.server.access.Principal.Peer;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which repositories are for whom. */
class RightsTest {

    private static final Repository APP = new Repository(new Registry("ghcr.io"), "team-a/app");
    private static final Repository OTHER = new Repository(new Registry("ghcr.io"), "team-b/app");
    private static final InetAddress INSIDE = Network.address("10.0.0.1");
    private static final InetAddress OUTSIDE = Network.address("192.0.2.1");

    @Test
    void whatNoPatternNamesIsEverybodys() {
        assertThat(rights(users("alice")).admit(at(OUTSIDE), OTHER)).isTrue();
    }

    @Test
    void whatAPatternNamesIsForThoseWhoAreMeant() {
        Rights rights = rights(users("alice"));

        assertThat(rights.admit(known("alice"), APP)).isTrue();
        assertThat(rights.admit(known("alice2"), APP)).isFalse();
        assertThat(rights.admit(at(INSIDE), APP)).isFalse();
        assertThat(rights.admit(new Principal.Operator(), APP)).isTrue();
    }

    @Test
    void anyUserIsStillSomebodyWhoIsKnown() {
        Rights rights = rights(users("**"));

        assertThat(rights.admit(known("alice"), APP)).isTrue();
        assertThat(rights.admit(at(INSIDE), APP)).isFalse();
    }

    @Test
    void whoIsNoServiceAccountIsInNoNamespace() {
        Rights rights = rights(new AskerMatch(List.of(), List.of(), List.of(), List.of(new Glob("**")), List.of()));
        Identity pod = new Identity("system:serviceaccount:prod:x", Proof.JWT, Set.of(), "prod", "x");

        assertThat(rights.admit(known("alice"), APP)).isFalse();
        assertThat(rights.admit(known(pod), APP)).isTrue();
    }

    @Test
    void everyListOfARightMustFit() {
        Rights rights = rights(new AskerMatch(
                List.of(new Glob("alice")), List.of(), List.of(Network.parse("10.0.0.0/8")), List.of(), List.of()));

        assertThat(rights.admit(known("alice"), APP)).isFalse();
        assertThat(rights.admit(
                        new Known(Identity.named("alice", Proof.BASIC), Set.of(), peer(INSIDE), Grant.EVERYTHING), APP))
                .isTrue();
    }

    @Test
    void theFirstPatternHolds() {
        Rights rights = new Rights(List.of(
                new Right(List.of(new Glob("ghcr.io/team-a/*")), List.of()),
                new Right(List.of(new Glob("ghcr.io/**")), List.of(users("alice")))));

        assertThat(rights.admit(known("alice"), APP)).isFalse();
        assertThat(rights.admit(known("alice"), OTHER)).isTrue();
    }

    @Test
    void aNetworkPutsOneIntoAGroup() {
        Groups groups = new Groups(Map.of(
                "ops", new Group(List.of(), List.of(Network.parse("10.0.0.0/8"))),
                "devs", new Group(List.of(new Glob("al*")), List.of())));
        Rights rights = rights(new AskerMatch(List.of(), List.of(new Glob("ops")), List.of(), List.of(), List.of()));

        assertThat(groups.at(INSIDE)).containsExactly("ops");
        assertThat(groups.of(Identity.named("alice", Proof.BASIC), OUTSIDE)).containsExactly("devs");
        assertThat(rights.admit(new Peer(INSIDE, INSIDE, groups.at(INSIDE)), APP))
                .isTrue();
        assertThat(rights.admit(new Peer(OUTSIDE, OUTSIDE, groups.at(OUTSIDE)), APP))
                .isFalse();
    }

    @Test
    void recordsSayHowSomebodyIsKnown() {
        Peer behind = new Peer(OUTSIDE, INSIDE);

        assertThat(new Known(Identity.named("alice", Proof.BASIC), Set.of(), behind, Grant.EVERYTHING))
                .hasToString("alice (basic) at 192.0.2.1 via 10.0.0.1");
    }

    private static Rights rights(AskerMatch match) {
        return new Rights(List.of(new Right(List.of(new Glob("ghcr.io/team-a/**")), List.of(match))));
    }

    private static AskerMatch users(String glob) {
        return new AskerMatch(List.of(new Glob(glob)), List.of(), List.of(), List.of(), List.of());
    }

    private static Principal known(String name) {
        return known(Identity.named(name, Proof.BASIC));
    }

    private static Principal known(Identity who) {
        return new Known(who, who.groups(), peer(OUTSIDE), Grant.EVERYTHING);
    }

    private static Principal at(InetAddress address) {
        return peer(address);
    }

    private static Peer peer(InetAddress address) {
        return new Peer(address, address);
    }
}
