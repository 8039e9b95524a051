package org.pyquartz.blob;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** The bytes of a stream, read with every length checked against what is there, and counted. */
final class StreamInput {
    private final ByteBuffer bytes;
    private int parts;
    private int depth;

    StreamInput(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int position() {
        return bytes.position();
    }

    byte next() throws UnreadableBlobException {
        return take(1).get();
    }

    int unsignedShort() throws UnreadableBlobException {
        return take(Short.BYTES).getShort() & 0xffff;
    }

    int integer() throws UnreadableBlobException {
        return take(Integer.BYTES).getInt();
    }

    long number() throws UnreadableBlobException {
        return take(Long.BYTES).getLong();
    }

    /** The next bytes, which are then behind it. */
    ByteBuffer take(long count) throws UnreadableBlobException {
        if (count < 0 || count > bytes.remaining()) {
            throw corrupt("it ends too early, or a length in it is wrong");
        }
        ByteBuffer taken = bytes.slice();
        taken.limit((int) count);
        bytes.position(bytes.position() + (int) count);
        return taken;
    }

    /** Text in the "modified UTF-8" of Java's class files. */
    String utf(long length) throws UnreadableBlobException {
        ByteBuffer in = take(length);
        StringBuilder text = new StringBuilder(in.remaining());
        try {
            while (in.hasRemaining()) {
                int first = in.get() & 0xff;
                if (first < 0x80) {
                    text.append((char) first);
                } else if (first >> 5 == 0b110) {
                    text.append((char) ((first & 0x1f) << 6 | continued(in)));
                } else if (first >> 4 == 0b1110) {
                    text.append((char) ((first & 0x0f) << 12 | continued(in) << 6 | continued(in)));
                } else {
                    throw corrupt("a text in it is not in UTF-8");
                }
            }
        } catch (BufferUnderflowException e) {
            throw corrupt("a text in it ends within a character");
        }
        return text.toString();
    }

    private int continued(ByteBuffer in) throws UnreadableBlobException {
        int next = in.get();
        if ((next & 0xc0) != 0x80) {
            throw corrupt("a text in it is not in UTF-8");
        }
        return next & 0x3f;
    }

    void count(int more) throws UnreadableBlobException {
        parts += more;
        if (parts > Limits.PARTS) {
            throw new UnreadableBlobException("too large: more than " + Limits.PARTS + " parts");
        }
    }

    void enter() throws UnreadableBlobException {
        if (++depth > Limits.PARSED_DEPTH) {
            throw new UnreadableBlobException("objects nest deeper than " + Limits.PARSED_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    UnreadableBlobException corrupt(String what) {
        return new UnreadableBlobException("not a sound Java serialisation stream: " + what
                + " (at byte " + bytes.position() + " of " + bytes.limit() + ")");
    }
}
