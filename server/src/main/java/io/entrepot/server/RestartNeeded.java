package io.entrepot.server;

import io.entrepot.config.AuditConfig;
import io.entrepot.config.MirrorConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** Finds what a reload cannot change. */
final class RestartNeeded {

    private final MirrorConfig before;
    private final MirrorConfig after;
    private final List<String> changes = new ArrayList<>();

    private RestartNeeded(MirrorConfig before, MirrorConfig after) {
        this.before = before;
        this.after = after;
    }

    /** Each key that changed and stays as it was until a restart. */
    static List<String> between(MirrorConfig before, MirrorConfig after) {
        return new RestartNeeded(before, after)
                .check("listen.address", config -> config.listen().address())
                .check("listen.port", config -> config.listen().port())
                .check("listen.trusted-proxies", config -> config.listen().trustedProxies())
                .check("listen.tls", config -> config.listen().tls().isPresent() ? "on" : "off")
                .check("admin.address", config -> config.admin().address())
                .check("admin.port", config -> config.admin().port())
                .check("storage.disk", MirrorConfig::storage)
                .check("audit", MirrorConfig::audit)
                .check("proxy (of what audit sends)", RestartNeeded::proxyOfAudit)
                .check("fills", MirrorConfig::fills)
                .check("limits", MirrorConfig::limits)
                .changes;
    }

    private static String proxyOfAudit(MirrorConfig config) {
        AuditConfig audit = config.audit();
        boolean sends = !audit.export().isEmpty()
                || !audit.checkpoints().isEmpty()
                || audit.witness().isPresent()
                || audit.parquet().isPresent();
        return sends
                ? config.proxy().map(proxy -> proxy.host() + ":" + proxy.port()).orElse("none")
                : "not used";
    }

    private RestartNeeded check(String key, Function<MirrorConfig, Object> value) {
        compare(key, value.apply(before), value.apply(after));
        return this;
    }

    private void compare(String key, Object is, Object asked) {
        if (is instanceof Record) {
            for (RecordComponent component : is.getClass().getRecordComponents()) {
                compare(key + "." + kebab(component.getName()), part(is, component), part(asked, component));
            }
        } else if (!Objects.equals(is, asked)) {
            changes.add(key + ": " + asked + " needs a restart, " + is + " holds until then");
        }
    }

    private static Object part(Object whole, RecordComponent component) {
        try {
            return component.getAccessor().invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code headerBytes} stands as {@code header-bytes} in the file. */
    private static String kebab(String name) {
        return name.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
