package io.entrepot.loadtest;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** Bytes of a known length, readable at any offset; large ones are made when they are asked for and never held. */
public sealed interface Content {

    /** Nothing. */
    static Content empty() {
        return new Bytes(new byte[0]);
    }

    /** The number of bytes. */
    long size();

    /** Copies {@code length} bytes that start at {@code position}. */
    void read(long position, byte[] into, int offset, int length);

    /** Reads all of it once to compute its digest. */
    default Digest digest() {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        byte[] buffer = new byte[64 * 1024];
        for (long at = 0; at < size(); at += buffer.length) {
            int length = (int) Math.min(buffer.length, size() - at);
            read(at, buffer, 0, length);
            hash.update(buffer, 0, length);
        }
        return Digest.ofHash(Digest.Algorithm.SHA256, hash.digest());
    }

    /** Writes all of it. */
    default void writeTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long at = 0; at < size(); at += buffer.length) {
            int length = (int) Math.min(buffer.length, size() - at);
            read(at, buffer, 0, length);
            out.write(buffer, 0, length);
        }
    }

    /** All of it in memory. @throws ArithmeticException if it does not fit into an array */
    default byte[] bytes() {
        byte[] all = new byte[Math.toIntExact(size())];
        read(0, all, 0, all.length);
        return all;
    }

    /** The part of it that starts at {@code from}. */
    default Content part(long from, long size) {
        return new Part(this, from, size);
    }

    /** Bytes in memory. */
    record Bytes(byte[] array) implements Content {
        @Override
        public long size() {
            return array.length;
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            System.arraycopy(array, Math.toIntExact(position), into, offset, length);
        }
    }

    /** Incompressible bytes that follow from a seed: the word at index i is splitmix64 of the seed and i. */
    record Seeded(long seed, long size) implements Content {

        private static final VarHandle WORD =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        public Seeded {
            if (size < 0) {
                throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
            }
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            int done = 0;
            while (done < length && (position + done) % 8 != 0) {
                into[offset + done] = byteAt(position + done);
                done++;
            }
            for (; done + 8 <= length; done += 8) {
                WORD.set(into, offset + done, word((position + done) / 8));
            }
            for (; done < length; done++) {
                into[offset + done] = byteAt(position + done);
            }
        }

        private byte byteAt(long position) {
            return (byte) (word(position / 8) >>> (position % 8 * 8));
        }

        private long word(long index) {
            long z = seed * 0xD1342543DE82EF95L + (index + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    /** A stretch of other content. */
    record Part(Content whole, long from, long size) implements Content {

        public Part {
            if (from < 0 || size < 0 || from + size > whole.size()) {
                throw new IllegalArgumentException(
                        "part: " + from + "+" + size + " (expected: within " + whole.size() + " bytes)");
            }
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            whole.read(from + position, into, offset, length);
        }
    }

    /** One content after another. */
    record Joined(Content first, Content second) implements Content {
        @Override
        public long size() {
            return first.size() + second.size();
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            int fromFirst = (int) Math.max(0, Math.min(length, first.size() - position));
            if (fromFirst > 0) {
                first.read(position, into, offset, fromFirst);
            }
            if (fromFirst < length) {
                second.read(position + fromFirst - first.size(), into, offset + fromFirst, length - fromFirst);
            }
        }
    }

    /** Other content with the lowest bit of one byte changed. */
    record Flipped(Content original, long at) implements Content {
        @Override
        public long size() {
            return original.size();
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            original.read(position, into, offset, length);
            if (at >= position && at < position + length) {
                into[offset + (int) (at - position)] ^= 1;
            }
        }
    }
}
