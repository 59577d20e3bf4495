package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.file.Path;

/** What a journal notices. Called on threads of the journal, which wait for it: return soon, and do not call the journal to wait. */
public interface JournalListener {

    /** Records are missing, found at the start; said at each start as long as the segments around them are there. */
    void gap(Gap gap);

    /** A segment could not be written or forced and is left as it is; what it owed is in the next one or has failed. */
    void abandoned(Path segment, IOException cause);

    /** No record can be written from now on; the journal tries on. */
    void failed(IOException cause);

    /** Records can be written again. */
    void recovered(Outage outage);

    /** A spare segment could not be made; so many are left. It is tried again. */
    void noSpare(int left, IOException cause);
}
