package io.entrepot.server;

import io.entrepot.config.BucketConfig;
import io.entrepot.config.HttpProxy;
import io.entrepot.server.audit.export.Bucket;
import io.entrepot.server.audit.export.BucketSink;
import io.entrepot.server.aws.AwsLogin;
import io.entrepot.server.aws.AwsRegion;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Opens the buckets of a configuration. */
final class Buckets {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final AwsRegion ANY_REGION = new AwsRegion("us-east-1");

    private final EventLoopGroup loops;
    private final Optional<HttpProxy> proxy;

    /** @param proxy by which buckets are reached that are not inside, and what their keys come from */
    Buckets(EventLoopGroup loops, Optional<HttpProxy> proxy) {
        this.loops = loops;
        this.proxy = proxy;
    }

    Bucket open(BucketConfig config) {
        Machine machine = Machine.ours(Clients.on(loops));
        AwsLogin login = AwsLogin.open(config.keys(), region(config), through(config), machine);
        return new Bucket(
                new HttpClient(loops, egress(config)),
                root(config),
                new AwsSigning(login, config.region(), InstantSource.system()));
    }

    /** Amazon's own names may lead to private addresses (a VPC endpoint). */
    private Egress egress(BucketConfig config) {
        boolean internal = config.internal() || config.endpoint().isEmpty();
        return new Egress(internal, Set.of(), config.ca(), CONNECT, ANSWER, ANSWER, 2, through(config));
    }

    private Optional<HttpProxy> through(BucketConfig config) {
        return config.internal() ? Optional.empty() : proxy;
    }

    /** For a service that asks Amazon who we are; others have regions of their own. */
    private static AwsRegion region(BucketConfig config) {
        try {
            return new AwsRegion(config.region());
        } catch (IllegalArgumentException e) {
            return ANY_REGION;
        }
    }

    /** The bucket's address, and that of the prefix in it. */
    static URI root(BucketConfig config) {
        URI service =
                config.endpoint().orElseGet(() -> URI.create("https://" + new AwsRegion(config.region()).host("s3")));
        String bucket = config.pathStyle()
                ? service + "/" + config.name() + "/"
                : service.getScheme() + "://" + config.name() + "." + service.getRawAuthority() + "/";
        return URI.create(config.prefix().isEmpty() ? bucket : bucket + config.prefix() + "/");
    }

    BucketSink sink(BucketConfig config) {
        Optional<BucketSink.Lock> lock = config.lock().isZero()
                ? Optional.empty()
                : Optional.of(new BucketSink.Lock(config.lockMode().name(), config.lock()));
        return new BucketSink(open(config), lock, InstantSource.system());
    }
}
