package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.AzureIdentity;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Credentials.Choice;
import io.entrepot.config.Secret;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Repository;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Accounts are told apart by what the upstream tells them by, and called so that people can, too. */
class AccountNamesTest {

    private static final Credentials ONE = azure("one");
    private static final Credentials TWO = azure("two");
    private static final Credentials USER = new Credentials.Basic("anonymous", new Secret("s"));

    @Test
    void areWhatPeopleAreToldOfThem() {
        AccountNames names = AccountNames.of(new Credentials.Basic("kim", new Secret("s")));

        assertThat(names.name(new Credentials.Basic("kim", new Secret("s")))).isEqualTo("kim");
        assertThat(names.name(new Credentials.Anonymous())).isEqualTo("anonymous");
        assertThat(names.name(new Credentials.PassThrough(Duration.ZERO, Duration.ZERO)))
                .isEqualTo("anonymous");
    }

    @Test
    void haveNumbersWhereTheyWouldBeTheSame() {
        AccountNames names = AccountNames.of(chosen());

        assertThat(names.name(ONE)).isEqualTo("azure");
        assertThat(names.name(TWO)).isEqualTo("azure (2)");
        assertThat(names.name(USER)).isEqualTo("anonymous (2)");
    }

    @Test
    void areOneForAUserWithTwoPasswords() {
        assertThat(AccountNames.told(new Credentials.Basic("kim", new Secret("a"))))
                .isEqualTo(AccountNames.told(new Credentials.Basic("kim", new Secret("b"))));
    }

    @Test
    void standForABudgetEach() {
        Budgets budgets = new Budgets(
                Bench.config(URI.create("http://127.0.0.1:5000"), chosen(), List.of(), List.of()),
                Ticker.systemTicker());

        assertThat(budgets.of(in("one"), Caller.NOBODY)).isNotSameAs(budgets.of(in("two"), Caller.NOBODY));
        assertThat(budgets.of(in("one"), Caller.NOBODY)).isSameAs(budgets.of(in("one"), Caller.NOBODY));
        budgets.of(in("user"), Caller.NOBODY);
        budgets.of(in("other"), Caller.NOBODY);
        assertThat(budgets.report())
                .extracting(BudgetReport::account)
                .containsExactly("anonymous", "anonymous (2)", "azure", "azure (2)");
    }

    private static Repository in(String team) {
        return new Repository(Bench.REGISTRY, team + "/app");
    }

    private static Credentials chosen() {
        return new Credentials.ByRepository(
                List.of(
                        new Choice(List.of(new Glob("one/**")), ONE),
                        new Choice(List.of(new Glob("two/**")), TWO),
                        new Choice(List.of(new Glob("user/**")), USER)),
                new Credentials.Anonymous());
    }

    private static Credentials azure(String client) {
        return new Credentials.Azure(new AzureIdentity.Managed(Optional.of(client)));
    }
}
