package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** A value that a row must have in one of the columns of a field, for a file to be looked into. */
record Term(Field field, String value) {

    /** Has columns in each table, or none. */
    enum Field {
        DIGEST("digest, root, image", "root, image, reference", "digest"),
        MANIFEST("", "", "manifest"),
        NAME("registry || '/' || repository", "name", ""),
        TAG("tag, for_tag", "tag", ""),
        CLIENT("client", "client", ""),
        NODE("node", "node", ""),
        NAMESPACE("namespace", "namespace", ""),
        PRINCIPAL("principal", "principal", ""),
        VERDICT("verdict", "verdict", ""),
        RULE("rule", "rule", ""),
        UPSTREAM("upstream", "", ""),
        TYPE("type", "", "");

        private final String ofRecords;
        private final String ofPulls;
        private final String ofLayers;

        Field(String ofRecords, String ofPulls, String ofLayers) {
            this.ofRecords = ofRecords;
            this.ofPulls = ofPulls;
            this.ofLayers = ofLayers;
        }

        /** In this table, by its directory; empty: it does not have the field. */
        List<String> columns(String table) {
            String columns = switch (table) {
                case "parquet" -> ofRecords;
                case "pulls" -> ofPulls;
                default -> ofLayers;
            };
            return columns.isEmpty() ? List.of() : List.of(columns.split(", ", -1));
        }
    }

    /** Of field and value; two that have the same cost time, and nothing else. */
    long hash() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] text = (field + " " + value).getBytes(UTF_8);
            return ByteBuffer.wrap(sha256.digest(text)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
