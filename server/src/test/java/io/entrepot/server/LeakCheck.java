package io.entrepot.server;

import io.entrepot.server.http.ScopedLeakDetector;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that left a Netty buffer, or a TLS context, unreleased. The test must have shut down by then what could
 * still release one: event loops above all.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace MINE = ExtensionContext.Namespace.create(LeakCheck.class);

    @Override
    public void beforeEach(ExtensionContext test) {
        test.getStore(MINE).put("scope", ScopedLeakDetector.open());
    }

    @Override
    public void afterEach(ExtensionContext test) {
        test.getStore(MINE).remove("scope", ScopedLeakDetector.Scope.class).close();
    }
}
