package io.entrepot.server.audit.tlog;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be verified, and against what.
 *
 * @param sealed the directory of the log
 * @param unsealed what is not sealed yet, from a journal or a copy of one
 * @param origin the name of the log
 * @param keys the log's keys, as the auditor knows them; empty: those that lie beside the log, which prove less
 * @param brought checkpoints from elsewhere
 * @param witnesses keys of witnesses that the auditor believes
 */
public record VerifyRequest(
        Path sealed,
        RecordSource unsealed,
        String origin,
        List<VerifierKey> keys,
        List<Brought> brought,
        List<VerifierKey> witnesses) {

    /** A checkpoint that the auditor has from elsewhere, and what it is called in the result: a file's name, say. */
    public record Brought(String name, byte[] note) {}

    public VerifyRequest {
        keys = List.copyOf(keys);
        brought = List.copyOf(brought);
        witnesses = List.copyOf(witnesses);
    }
}
