package io.entrepot.server.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line at INFO for each request. */
public final class RequestLog implements Requests {

    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    @Override
    public void finished(Exchanged exchange) {
        LOG.atInfo()
                .addKeyValue("client", exchange.client().getHostAddress())
                .addKeyValue("method", exchange.method())
                .addKeyValue("target", exchange.target())
                .addKeyValue("status", exchange.status())
                .addKeyValue("bytes", exchange.bytes())
                .addKeyValue("complete", exchange.complete())
                .addKeyValue("cache", exchange.cache())
                .addKeyValue("ms", exchange.duration().toMillis())
                .addKeyValue("agent", exchange.userAgent())
                .log("request");
    }
}
