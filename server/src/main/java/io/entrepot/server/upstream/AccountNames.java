package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the accounts of one upstream are called for people. Where words for two of them are the same ({@code azure}), the
 * later one in the configuration gets a number: {@code azure (2)}.
 */
final class AccountNames {

    private static final String NOBODY = "anonymous";

    private final Map<Object, String> names;

    private AccountNames(Map<Object, String> names) {
        this.names = Map.copyOf(names);
    }

    /** Those of all accounts among these, and of nobody. */
    static AccountNames of(Credentials credentials) {
        Map<Object, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (Credentials each : all(credentials)) {
            names.computeIfAbsent(told(each), account -> free(words(each), taken));
        }
        return new AccountNames(names);
    }

    private static List<Credentials> all(Credentials credentials) {
        List<Credentials> all = new ArrayList<>();
        all.add(new Credentials.Anonymous());
        if (credentials instanceof Credentials.ByRepository chosen) {
            chosen.choices().forEach(choice -> all.add(choice.credentials()));
            all.add(chosen.otherwise());
        } else {
            all.add(credentials);
        }
        return all;
    }

    private static String free(String words, Set<String> taken) {
        String name = words;
        for (int number = 2; !taken.add(name); number++) {
            name = words + " (" + number + ")";
        }
        return name;
    }

    private static String words(Credentials as) {
        return told(as) instanceof Credentials.Anonymous ? NOBODY : as.account();
    }

    /** A user, whatever password shows it. */
    private record User(String name) {}

    /**
     * By what an account is told from others, as the upstream does: a user by the name, whatever stands for one by itself, and
     * who brings nothing where callers' logins are passed through is nobody.
     */
    static Object told(Credentials as) {
        if (as instanceof Credentials.Basic basic) {
            return new User(basic.username());
        }
        return as instanceof Credentials.PassThrough ? new Credentials.Anonymous() : as;
    }

    /** What this is called, which is among those of the configuration. */
    String name(Credentials as) {
        return names.getOrDefault(told(as), words(as));
    }
}
