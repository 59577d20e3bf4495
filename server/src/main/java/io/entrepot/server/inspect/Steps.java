package io.entrepot.server.inspect;

import java.io.IOException;
import java.util.List;

/** Long work on the cache in steps, each of which gives some lines of JSON; blocks. */
public interface Steps extends AutoCloseable {

    /** The next lines; empty at the end. */
    List<String> next() throws IOException;

    /** Ends the work, also before its end. */
    @Override
    void close();
}
