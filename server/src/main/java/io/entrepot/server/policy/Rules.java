package io.entrepot.server.policy;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.Repository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All rules of a policy, and for the repositories that are asked for those that speak of them. */
final class Rules {

    /** References kept, all together: some tens of megabytes. */
    private static final int LARGEST = 4_000_000;

    private final List<CompiledRule> all;
    private final LoadingCache<Repository, RepositoryRules> byRepository;

    private Rules(List<CompiledRule> all, boolean digestsAreDenied) {
        this.all = all;
        RuleIndex index =
                new RuleIndex(all.stream().filter(rule -> !rule.isOff()).toList());
        this.byRepository = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(LARGEST)
                .weigher((Repository repository, RepositoryRules rules) -> rules.weight())
                .build(repository -> RepositoryRules.of(index.find(repository), digestsAreDenied));
    }

    static Rules of(List<PolicyRule> written, Map<String, Instant> appeared, boolean digestsAreDenied) {
        List<CompiledRule> all = new ArrayList<>(written.size());
        for (PolicyRule rule : written) {
            all.add(new CompiledRule(rule, all.size(), appeared.getOrDefault(rule.name(), Instant.MIN)));
        }
        return new Rules(List.copyOf(all), digestsAreDenied);
    }

    /** As they were written. */
    List<CompiledRule> all() {
        return all;
    }

    RepositoryRules of(Repository repository) {
        return byRepository.get(repository);
    }
}
