package io.entrepot.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.Attempts.Who;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords to their hashes, on threads of its own: one comparison for each (user, password) at a time, however
 * many ask. A success is remembered for a minute, under a hash with a key that only this process has.
 */
final class Passwords {

    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    private final Work work;
    private final Mac mac;
    private final Attempts attempts;
    private final Cache<ByteBuffer, Boolean> right;
    private final Map<ByteBuffer, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

    Passwords(Work work, Mac mac, LongSupplier nanos) {
        this.work = work;
        this.mac = mac;
        this.attempts = new Attempts(Attempts.AtOnce.HERE, nanos);
        this.right = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(nanos::getAsLong)
                .build();
    }

    /** Who it is. Fails with {@link NotProven}, a 429 or a 503. */
    CompletableFuture<Identity> check(Htpasswd users, Authorization.Basic login, InetAddress source) {
        PasswordHash hash = users.hash(login.user());
        ByteBuffer key = key(login, hash);
        if (right.getIfPresent(key) != null) {
            return CompletableFuture.completedFuture(Identity.named(login.user(), Proof.BASIC));
        }
        return compared(key, hash, login, new Who(login.user(), source)).thenApply(matches -> {
            if (!matches || !users.has(login.user())) {
                throw new NotProven("the user name or the password is wrong");
            }
            return Identity.named(login.user(), Proof.BASIC);
        });
    }

    /** The hash is part of it: when that changes in the file, nothing is remembered of the password before. */
    private ByteBuffer key(Authorization.Basic login, PasswordHash hash) {
        return ByteBuffer.wrap(
                mac.of(login.user(), login.password(), HexFormat.of().formatHex(hash.hash())));
    }

    private CompletableFuture<Boolean> compared(ByteBuffer key, PasswordHash hash, Authorization.Basic login, Who who) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> first = underWay.putIfAbsent(key, mine);
        if (first != null) {
            return first;
        }
        try {
            attempts.begin(who);
        } catch (RegistryException e) {
            underWay.remove(key);
            mine.completeExceptionally(e);
            return mine;
        }
        work.run(() -> hash.matches(login.password())).whenComplete((matches, failure) -> {
            told(key, who, matches, failure);
            underWay.remove(key);
            if (failure == null) {
                mine.complete(matches);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private void told(ByteBuffer key, Who who, Boolean matches, @Nullable Throwable failure) {
        if (failure != null) {
            attempts.untold(who);
        } else if (matches) {
            attempts.right(who);
            right.put(key, true);
        } else {
            attempts.wrong(who);
        }
    }
}
