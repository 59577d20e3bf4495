package io.entrepot.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;

/** How an event becomes text. Every line ends with a line feed, and contains no other control character. */
interface LineFormat {

    int MAX_EVENT = 2_048;
    int MAX_VALUE = 1_024;
    int MAX_FRAMES = 40;

    String format(ILoggingEvent event);

    /** The last part of a logger's name: the class that speaks. */
    static String speaker(ILoggingEvent event) {
        String name = event.getLoggerName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
