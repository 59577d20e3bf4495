package io.entrepot.server.audit.tlog;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** RFC 6962, section 2.1, written down as it stands there: slow, recursive, over all leaves. */
final class Plain {

    private Plain() {}

    static Hash root(List<byte[]> records) {
        if (records.isEmpty()) {
            return sha256();
        }
        if (records.size() == 1) {
            return sha256(new byte[] {0}, records.get(0));
        }
        int split = split(records.size());
        return sha256(
                new byte[] {1},
                root(records.subList(0, split)).bytes(),
                root(records.subList(split, records.size())).bytes());
    }

    static List<Hash> inclusion(int index, List<byte[]> records) {
        if (records.size() == 1) {
            return List.of();
        }
        int split = split(records.size());
        List<byte[]> left = records.subList(0, split);
        List<byte[]> right = records.subList(split, records.size());
        return index < split
                ? and(inclusion(index, left), root(right))
                : and(inclusion(index - split, right), root(left));
    }

    static List<Hash> consistency(int old, List<byte[]> records) {
        return old == 0 ? List.of() : consistency(old, records, true);
    }

    private static List<Hash> consistency(int old, List<byte[]> records, boolean whole) {
        if (old == records.size()) {
            return whole ? List.of() : List.of(root(records));
        }
        int split = split(records.size());
        List<byte[]> left = records.subList(0, split);
        List<byte[]> right = records.subList(split, records.size());
        return old <= split
                ? and(consistency(old, left, whole), root(right))
                : and(consistency(old - split, right, false), root(left));
    }

    private static List<Hash> and(List<Hash> hashes, Hash last) {
        List<Hash> all = new ArrayList<>(hashes);
        all.add(last);
        return all;
    }

    private static int split(int count) {
        int split = 1;
        while (split * 2 < count) {
            split *= 2;
        }
        return split;
    }

    private static Hash sha256(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return Hash.at(Hasher.sha256().digest(all.toByteArray()), 0);
    }
}
