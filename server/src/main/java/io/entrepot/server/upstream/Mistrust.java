package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.oci.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Which endpoints broke a digest off or sent it wrong within the last minute: they are asked for it after the others. */
final class Mistrust {

    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST = 1_000;

    /** The one that was found so last stands last. */
    private final Cache<Digest, List<Guarded>> found;

    Mistrust(Ticker ticker) {
        this.found = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(ticker)
                .build();
    }

    void add(Digest digest, Guarded endpoint) {
        found.asMap().merge(digest, List.of(endpoint), (before, now) -> {
            List<Guarded> all = new ArrayList<>(before);
            all.remove(endpoint);
            all.add(endpoint);
            return List.copyOf(all);
        });
    }

    /** The same endpoints in this order, but for those. */
    List<Guarded> last(List<Guarded> order, Digest digest) {
        List<Guarded> last = found.getIfPresent(digest);
        if (last == null) {
            return order;
        }
        List<Guarded> better = new ArrayList<>(order);
        better.removeAll(last);
        better.addAll(last);
        return better;
    }
}
