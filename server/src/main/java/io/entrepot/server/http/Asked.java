package io.entrepot.server.http;

import io.entrepot.server.pull.PullRequest;
import io.entrepot.server.pull.ReferrersRequest;
import io.entrepot.server.pull.TagsRequest;
import java.util.function.Consumer;

/** What a request asks for, once it is understood. */
sealed interface Asked {

    /** {@code GET /v2/}: whether a registry is here. */
    record Ping() implements Asked {
        @Override
        public void match(
                Runnable ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers) {
            ping.run();
        }
    }

    /** A manifest or a blob. */
    record Pull(PullRequest request) implements Asked {
        @Override
        public void match(
                Runnable ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers) {
            pull.accept(request);
        }
    }

    /** A page of tags. */
    record Tags(TagsRequest request) implements Asked {
        @Override
        public void match(
                Runnable ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers) {
            tags.accept(request);
        }
    }

    /** A page of referrers. */
    record Referrers(ReferrersRequest request) implements Asked {
        @Override
        public void match(
                Runnable ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers) {
            referrers.accept(request);
        }
    }

    void match(
            Runnable ping,
            Consumer<PullRequest> pull,
            Consumer<TagsRequest> tags,
            Consumer<ReferrersRequest> referrers);
}
