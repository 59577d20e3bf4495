package io.entrepot.server.audit.journal;

/**
 * What a journal takes and what is left, in bytes.
 *
 * @param used the bytes of all segments, spare ones too
 * @param free what may still be written to the volume
 * @param segments how many hold records
 * @param spares how many stand ready: as many can still be filled when the volume is full
 */
public record Space(long used, long free, int segments, int spares) {}
