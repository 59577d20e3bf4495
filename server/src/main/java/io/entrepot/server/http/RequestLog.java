package io.entrepot.server.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line at INFO for each request. */
public final class RequestLog implements Requests {

    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    @Override
    public void finished(Exchanged exchange) {
        from(exchange)
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

    private static LoggingEventBuilder from(Exchanged exchange) {
        LoggingEventBuilder line =
                LOG.atInfo().addKeyValue("client", exchange.client().getHostAddress());
        return exchange.client().equals(exchange.peer())
                ? line
                : line.addKeyValue("proxy", exchange.peer().getHostAddress());
    }
}
