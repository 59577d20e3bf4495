package io.entrepot.loadtest;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A registry on a loopback port that serves what was pushed to it, remembers every request, and fails on demand. */
public final class FakeRegistry implements AutoCloseable {

    private final Shelf shelf = new Shelf();
    private final FaultEffects effects = new FaultEffects(shelf);
    private final Trouble trouble = new Trouble();
    private final Ledger ledger = new Ledger();
    private final ScheduledExecutorService reopener;
    private final Options options;
    private final Pacer pacer;
    private final Listener front;
    private final Optional<Listener> back;
    private final Optional<StorageHost> storage;
    private final Distribution distribution;

    /** What a registry is built with. */
    record Options(
            Auth auth,
            Optional<TestTls> tls,
            Duration latency,
            long bytesPerSecond,
            long bytesPerSecondEach,
            Optional<Duration> presigned,
            int tagPage,
            int referrersPage,
            Vendor vendor,
            Optional<URI> backing,
            Optional<HubLimits> limits) {}

    FakeRegistry(Options options) {
        this.options = options;
        pacer = new Pacer(options.bytesPerSecond());
        reopener = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "fake-reopen");
            thread.setDaemon(true);
            return thread;
        });
        back = options.presigned().map(lifetime -> new Listener((socket, number) -> serve("storage", socket, number)));
        storage = options.presigned().map(lifetime -> new StorageHost(shelf, storageUrl(), lifetime));
        distribution = new Distribution(
                shelf, options.auth(), storage, options.tagPage(), options.referrersPage(), options.limits());
        front = new Listener((socket, number) -> serve("registry", socket, number));
    }

    /** An open registry over plain HTTP. */
    public static FakeRegistry start() {
        return builder().start();
    }

    /** A registry with something more. */
    public static FakeRegistryBuilder builder() {
        return new FakeRegistryBuilder();
    }

    /** Its address, as in {@code http://127.0.0.1:41234}. */
    public URI url() {
        return address(front);
    }

    /** The address of a path on it, as in {@code /v2/library/alpine/manifests/3.20}. */
    public URI url(String path) {
        return URI.create(url() + path);
    }

    /** Its host and port, as a reference names it. */
    public String host() {
        return url().getAuthority();
    }

    /** The address of the storage host. @throws java.util.NoSuchElementException unless built with redirects */
    public URI storageUrl() {
        return address(back.orElseThrow());
    }

    private URI address(Listener listener) {
        return URI.create((options.tls().isPresent() ? "https" : "http") + "://127.0.0.1:" + listener.port());
    }

    /** Adds an image with its blobs and children, and lets a tag point to it. */
    public void push(String repository, String tag, TestImage image) {
        push(repository, image);
        tag(repository, tag, image.digest());
    }

    /** Adds an image with its blobs and children. */
    public void push(String repository, TestImage image) {
        shelf.push(repository, image);
    }

    /** Adds a blob. */
    public void push(String repository, Blob blob) {
        shelf.putBlob(repository, blob.digest(), blob.content());
    }

    /** Adds content under a digest that need not be its own. */
    public void push(String repository, Digest digest, Content content) {
        shelf.putBlob(repository, digest, content);
    }

    /** Lets a tag point to a manifest that is there or will be. */
    public void tag(String repository, String tag, Digest digest) {
        shelf.tag(repository, tag, digest);
    }

    /** Removes a tag. */
    public void untag(String repository, String tag) {
        shelf.untag(repository, tag);
    }

    /** Removes a manifest, with the tags that point to it, or a blob. */
    public void delete(String repository, Digest digest) {
        shelf.delete(repository, digest);
    }

    /** Removes a repository. */
    public void delete(String repository) {
        shelf.delete(repository);
    }

    /** Puts a fault into effect everywhere; several that hit one request apply in the order in which they came. */
    public ActiveFault fault(Fault fault) {
        return fault(fault.everywhere());
    }

    /** Puts a fault into effect. */
    public ActiveFault fault(Injection injection) {
        return trouble.add(injection);
    }

    /** Ends all faults. */
    public void clearFaults() {
        trouble.clearFaults();
    }

    /** Holds bodies under matching paths once n bytes of them are written. */
    public Gate holdBody(String pathPart, long n) {
        return trouble.holdBody(pathPart, n);
    }

    /** Holds answers to GETs of matching paths before their first byte. */
    public Gate holdAnswer(String pathPart) {
        return trouble.holdAnswer(pathPart);
    }

    /** Answers nothing, though it accepts and reads, until {@link #resume}. */
    public void pause() {
        trouble.pause();
    }

    /** Answers what waits, and goes on. */
    public void resume() {
        trouble.resume();
    }

    /** Refuses connections and drops those that are, until {@link #restart}. */
    public void stop() {
        front.shut();
        back.ifPresent(Listener::shut);
    }

    /** Listens again, on the same ports. */
    public void restart() {
        back.ifPresent(Listener::open);
        front.open();
    }

    /** Closes every connection, and keeps listening. */
    public void dropConnections() {
        front.dropConnections();
        back.ifPresent(Listener::dropConnections);
    }

    /** How many connections are open now. */
    public int openConnections() {
        return front.openConnections() + back.map(Listener::openConnections).orElse(0);
    }

    /** Ends every presigned address given out so far. */
    public void expirePresigned() {
        storage.ifPresent(StorageHost::expire);
    }

    /** Every request so far, in the order in which they came. */
    public List<Seen> seen() {
        return ledger.seen();
    }

    /** How many requests came whose path contains this. */
    public long count(String pathPart) {
        return count("", pathPart);
    }

    /** How many requests of this method came whose path contains this. */
    public long count(String method, String pathPart) {
        return ledger.count(method, pathPart);
    }

    /** How many bytes of bodies were written under paths that contain this. */
    public long bytesSent(String pathPart) {
        return ledger.bytesSent(pathPart);
    }

    /** How many bytes of bodies were written. */
    public long bytesSent() {
        return bytesSent("");
    }

    /** How many requests for a token came. */
    public long tokenRequests() {
        return count("/token");
    }

    /** Waits until at least n requests of this method came whose path contains this. */
    public void awaitCount(long n, String method, String pathPart) {
        Await.until(n + " x " + method + " *" + pathPart + "*", () -> count(method, pathPart) >= n);
    }

    /** Waits until no request is being answered. */
    public void awaitIdle() {
        Await.until("no request is being answered", ledger::idle);
    }

    /** Forgets the requests so far. */
    public void forgetSeen() {
        ledger.forget();
    }

    @Override
    public void close() {
        reopener.shutdownNow();
        front.close();
        back.ifPresent(Listener::close);
    }

    private void serve(String host, Socket socket, long number) throws IOException, InterruptedException {
        Socket wrapped = options.tls().isPresent() ? options.tls().get().accept(socket) : socket;
        Connection connection = new Connection(socket, wrapped);
        boolean open = true;
        while (open) {
            Optional<Request> request = connection.read();
            open = request.isPresent() && answer(host, number, connection, request.get());
        }
    }

    private boolean answer(String host, long number, Connection connection, Request asked)
            throws IOException, InterruptedException {
        Exchange exchange = new Exchange(host, number, asked);
        ledger.add(exchange);
        try {
            TimeUnit.NANOSECONDS.sleep(options.latency().toNanos());
            trouble.holdBack(asked);
            List<Injection> hits = trouble.hits(asked);
            Sender sender = new Sender(connection, exchange, pacer, () -> refuse(hits));
            Request request = effects.onRequest(hits, asked);
            Reply reply = effects.onReply(hits, request, reply(host, request));
            return sender.send(request, reply, trouble.bodyGates(asked));
        } finally {
            exchange.ended();
        }
    }

    private Reply reply(String host, Request request) {
        Reply reply = host.equals("storage") ? storage.orElseThrow().answer(request) : vendorReply(request);
        return reply.delivered(reply.delivery().paced(options.bytesPerSecondEach()));
    }

    private Reply vendorReply(Request request) {
        Vendor vendor = options.vendor();
        return options.backing()
                .flatMap(backing -> vendor.elsewhere(request, backing))
                .or(() -> vendor.instead(request, options.auth()))
                .orElseGet(() -> vendor.dressed(request, distribution.answer(request, url())));
    }

    private void refuse(List<Injection> hits) {
        stop();
        hits.stream()
                .flatMap(hit -> hit.lasts().stream())
                .findFirst()
                .ifPresent(length -> reopener.schedule(this::restart, length.toNanos(), TimeUnit.NANOSECONDS));
    }
}
