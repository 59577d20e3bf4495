package io.entrepot.server.login;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Repository;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Another login for some repositories of an upstream; each is found out by a source of its own. */
final class ChosenLogin implements LoginSource {

    private final Credentials.ByRepository choices;
    private final Map<Credentials, LoginSource> sources;

    /** @param sources one for each of the credentials among which is chosen */
    ChosenLogin(Credentials.ByRepository choices, Map<Credentials, LoginSource> sources) {
        this.choices = choices;
        this.sources = Map.copyOf(sources);
    }

    @Override
    public CompletableFuture<Login> login(Repository repository) {
        return source(repository).login(repository);
    }

    @Override
    public void refused(Repository repository, Login login) {
        source(repository).refused(repository, login);
    }

    private LoginSource source(Repository repository) {
        return sources.getOrDefault(choices.of(repository.path()), Logins.NOBODY);
    }

    @Override
    public void close() {
        sources.values().forEach(LoginSource::close);
    }
}
