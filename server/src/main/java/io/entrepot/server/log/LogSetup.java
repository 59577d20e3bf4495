package io.entrepot.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.entrepot.config.MirrorConfig.Log;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes: nothing but warnings, to standard error, for a command; to standard output, as configured, for a
 * running mirror. Logback finds this class by itself; no file of it is read.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    private static volatile @Nullable LogQueue current;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        use(context, new LogQueue(new TextLines(), new FileOutputStream(FileDescriptor.err)), Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs to standard output from now on, as configured. */
    public static void standardOutput(Log log) {
        LineFormat format = switch (log.format()) {
            case JSON -> new JsonLines();
            case TEXT -> new TextLines();
        };
        LogQueue queue = new LogQueue(format, new FileOutputStream(FileDescriptor.out));
        use((LoggerContext) LoggerFactory.getILoggerFactory(), queue, level(log.level()));
    }

    /** Events that were dropped because nobody read our output fast enough. */
    public static long dropped() {
        LogQueue queue = current;
        return queue == null ? 0 : queue.dropped();
    }

    /** Writes what is waiting; nothing is logged after it. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static void use(LoggerContext context, LogQueue queue, Level level) {
        queue.setContext(context);
        queue.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        context.getLogger("io.netty").setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        root.addAppender(queue);
        LogQueue before = current;
        current = queue;
        if (before != null) {
            root.detachAppender(before);
            before.stop();
        }
    }

    private static Level level(Log.Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }
}
