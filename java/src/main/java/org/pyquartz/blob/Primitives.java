package org.pyquartz.blob;

import java.nio.ByteBuffer;
import java.util.Map;

/** The primitive types, by the letters that stand for them in a stream. */
final class Primitives {
    private static final Map<Character, Integer> WIDTHS =
            Map.of('B', 1, 'C', 2, 'D', 8, 'F', 4, 'I', 4, 'J', 8, 'S', 2, 'Z', 1);

    private Primitives() {}

    /** How many bytes a value takes; 0 for what is no primitive type. */
    static int width(char type) {
        return WIDTHS.getOrDefault(type, 0);
    }

    /** The next value of a buffer, boxed. */
    static Object value(char type, ByteBuffer in) {
        switch (type) {
            case 'B':
                return in.get();
            case 'C':
                return in.getChar();
            case 'D':
                return in.getDouble();
            case 'F':
                return in.getFloat();
            case 'I':
                return in.getInt();
            case 'J':
                return in.getLong();
            case 'S':
                return in.getShort();
            default:
                return in.get() != 0;
        }
    }

    /** The array that the rest of a buffer holds. */
    static Object array(char type, ByteBuffer in) {
        switch (type) {
            case 'B':
                byte[] bytes = new byte[in.remaining()];
                in.get(bytes);
                return bytes;
            case 'C':
                char[] chars = new char[in.remaining() / Character.BYTES];
                in.asCharBuffer().get(chars);
                return chars;
            case 'D':
                double[] doubles = new double[in.remaining() / Double.BYTES];
                in.asDoubleBuffer().get(doubles);
                return doubles;
            case 'F':
                float[] floats = new float[in.remaining() / Float.BYTES];
                in.asFloatBuffer().get(floats);
                return floats;
            case 'I':
                int[] ints = new int[in.remaining() / Integer.BYTES];
                in.asIntBuffer().get(ints);
                return ints;
            case 'J':
                long[] longs = new long[in.remaining() / Long.BYTES];
                in.asLongBuffer().get(longs);
                return longs;
            case 'S':
                short[] shorts = new short[in.remaining() / Short.BYTES];
                in.asShortBuffer().get(shorts);
                return shorts;
            default:
                boolean[] booleans = new boolean[in.remaining()];
                for (int i = 0; i < booleans.length; i++) {
                    booleans[i] = in.get() != 0;
                }
                return booleans;
        }
    }
}
