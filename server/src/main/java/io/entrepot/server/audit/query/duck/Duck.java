package io.entrepot.server.audit.query.duck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session on a DuckDB in memory, which is bounded; what does not fit spills into a directory that is given. The database, with
 * what it knows of the files that it read, is there as long as a session is.
 */
final class Duck implements AutoCloseable {

    private static final AtomicLong DATABASES = new AtomicLong();

    private final String url;
    private final Connection connection;

    private Duck(String url) throws SQLException {
        this.url = url;
        this.connection = DriverManager.getConnection(url);
    }

    /**
     * Opens a database.
     *
     * @param spill where temporary files go; made if absent
     * @param memoryMiB the most that DuckDB takes beside the Java heap
     */
    static Duck open(Path spill, int memoryMiB) throws IOException, SQLException {
        Files.createDirectories(spill);
        Duck duck = new Duck("jdbc:duckdb::memory:" + DATABASES.incrementAndGet());
        try {
            duck.run("SET memory_limit = '" + memoryMiB + "MiB'");
            duck.run("SET threads = " + Math.min(4, Runtime.getRuntime().availableProcessors()));
            duck.run("SET temp_directory = " + text(spill.toString()));
            duck.run("SET GLOBAL TimeZone = 'UTC'");
            duck.run("SET enable_progress_bar = false");
            duck.run("SET autoinstall_known_extensions = false");
            duck.run("SET autoload_known_extensions = false");
            duck.run("SET parquet_metadata_cache = true");
            return duck;
        } catch (SQLException e) {
            duck.close();
            throw e;
        }
    }

    /** Another session on the same database: what it makes that is temporary goes with it. */
    Duck session() throws SQLException {
        return new Duck(url);
    }

    /** Nothing outside of this directory is read or written from now on, and that stays so, whatever a statement says. */
    void confine(Path directory) throws SQLException {
        run("SET allowed_directories = [" + text(directory + "/") + "]");
        run("SET enable_external_access = false");
        run("SET lock_configuration = true");
    }

    /** A value as a literal of SQL: only the quote means anything in one. */
    static String text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("value: has a NUL in it (expected: text)");
        }
        return "'" + value.replace("'", "''") + "'";
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row; 0 where there is none. */
    long number(String sql) throws SQLException {
        return rows(sql, rows -> rows.next() ? rows.getLong(1) : 0);
    }

    /** The first column. */
    List<String> texts(String sql) throws SQLException {
        return rows(sql, rows -> {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        });
    }

    <T> T rows(String sql, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return reading.of(rows);
        }
    }

    /** Reads rows. */
    interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
