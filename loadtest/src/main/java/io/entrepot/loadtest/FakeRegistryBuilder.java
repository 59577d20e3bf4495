package io.entrepot.loadtest;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Says what a {@link FakeRegistry} is to be like, then starts it. */
public final class FakeRegistryBuilder {

    private Auth auth = Auth.open();
    private Optional<TestTls> tls = Optional.empty();
    private Duration latency = Duration.ZERO;
    private long bytesPerSecond = Long.MAX_VALUE;
    private long bytesPerSecondEach = Long.MAX_VALUE;
    private Optional<Duration> presigned = Optional.empty();
    private int tagPage = 1_000;
    private int referrersPage = 0;
    private Vendor vendor = Vendor.DISTRIBUTION;
    private Optional<URI> backing = Optional.empty();
    private Optional<HubLimits> limits = Optional.empty();

    FakeRegistryBuilder() {}

    /** Asks who its clients are. */
    public FakeRegistryBuilder auth(Auth how) {
        auth = how;
        return this;
    }

    /** Speaks TLS with this certificate. */
    public FakeRegistryBuilder tls(TestTls certificate) {
        tls = Optional.of(certificate);
        return this;
    }

    /** Waits this long before every answer. */
    public FakeRegistryBuilder latency(Duration each) {
        latency = each;
        return this;
    }

    /** Sends at most this many bytes a second over all connections together. */
    public FakeRegistryBuilder bandwidth(long rate) {
        bytesPerSecond = rate;
        return this;
    }

    /** Sends at most this many bytes a second on each connection. */
    public FakeRegistryBuilder bandwidthEach(long rate) {
        bytesPerSecondEach = rate;
        return this;
    }

    /** Redirects blobs to a storage host on another port, by addresses that expire after this long. */
    public FakeRegistryBuilder redirectBlobs(Duration lifetime) {
        presigned = Optional.of(lifetime);
        return this;
    }

    /** Lists at most this many tags on a page (default 1000). */
    public FakeRegistryBuilder tagPage(int size) {
        tagPage = size;
        return this;
    }

    /** Has the referrers API, with at most this many on a page. */
    public FakeRegistryBuilder referrers(int size) {
        referrersPage = size;
        return this;
    }

    /** Behaves as this vendor's registry does, and so does its token server. */
    public FakeRegistryBuilder like(Vendor other) {
        vendor = other;
        return this;
    }

    /** Behaves as this vendor's registry does, which sends its clients to another. */
    public FakeRegistryBuilder like(Vendor other, URI to) {
        backing = Optional.of(to);
        return like(other);
    }

    /** Limits its clients as Docker Hub does. */
    public FakeRegistryBuilder limits(HubLimits like) {
        limits = Optional.of(like);
        return this;
    }

    /** Starts it on a free port. */
    public FakeRegistry start() {
        if (auth instanceof TokenAuth tokens && vendor != Vendor.DISTRIBUTION) {
            tokens.like(vendor);
        }
        return new FakeRegistry(new FakeRegistry.Options(
                auth,
                tls,
                latency,
                bytesPerSecond,
                bytesPerSecondEach,
                presigned,
                tagPage,
                referrersPage,
                vendor,
                backing,
                limits));
    }
}
