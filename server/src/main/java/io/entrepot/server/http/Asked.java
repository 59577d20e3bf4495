package io.entrepot.server.http;

import io.entrepot.server.pull.Client;
import io.entrepot.server.pull.PullRequest;
import io.entrepot.server.pull.ReferrersRequest;
import io.entrepot.server.pull.TagsRequest;
import io.entrepot.server.pull.TokenRequest;
import java.util.function.Consumer;

/** What a request asks for, once it is understood. */
sealed interface Asked {

    /** {@code GET /v2/}: whether a registry is here, behind this mount. */
    record Ping(String mount, Client client) implements Asked {
        @Override
        public void match(
                Consumer<Ping> ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers,
                Consumer<TokenRequest> token) {
            ping.accept(this);
        }
    }

    /** A manifest or a blob. */
    record Pull(PullRequest request) implements Asked {
        @Override
        public void match(
                Consumer<Ping> ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers,
                Consumer<TokenRequest> token) {
            pull.accept(request);
        }
    }

    /** A page of tags. */
    record Tags(TagsRequest request) implements Asked {
        @Override
        public void match(
                Consumer<Ping> ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers,
                Consumer<TokenRequest> token) {
            tags.accept(request);
        }
    }

    /** A page of referrers. */
    record Referrers(ReferrersRequest request) implements Asked {
        @Override
        public void match(
                Consumer<Ping> ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers,
                Consumer<TokenRequest> token) {
            referrers.accept(request);
        }
    }

    /** A token. */
    record Token(TokenRequest request) implements Asked {
        @Override
        public void match(
                Consumer<Ping> ping,
                Consumer<PullRequest> pull,
                Consumer<TagsRequest> tags,
                Consumer<ReferrersRequest> referrers,
                Consumer<TokenRequest> token) {
            token.accept(request);
        }
    }

    void match(
            Consumer<Ping> ping,
            Consumer<PullRequest> pull,
            Consumer<TagsRequest> tags,
            Consumer<ReferrersRequest> referrers,
            Consumer<TokenRequest> token);
}
