package org.pyquartz.bridge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a worker of Python's is told of its next run, in memory that both sides see: to hand a value over
 * costs Python more than the call itself. {@code pyquartz/_jvm/runs.py} reads it.
 *
 * <p>Three longs: the ticket, the number of the class, and how many bytes of facts follow; none when they
 * have no room, for they can be asked for.
 */
final class Box {
    private static final int TICKET = 0;
    private static final int INDEX = 8;
    private static final int SIZE = 16;
    private static final int FACTS = 24;
    private static final int END = -1;

    private final ByteBuffer shared;

    Box(ByteBuffer shared) {
        this.shared = shared.order(ByteOrder.nativeOrder());
    }

    void put(PythonRunShell run) {
        shared.putLong(TICKET, run.ticket());
        shared.putLong(INDEX, run.index());
        String facts = run.facts();
        shared.putLong(SIZE, facts == null ? 0 : put(facts.getBytes(StandardCharsets.UTF_8)));
    }

    void end() {
        shared.putLong(TICKET, END);
    }

    private int put(byte[] facts) {
        if (facts.length > shared.capacity() - FACTS) {
            return 0;
        }
        shared.position(FACTS);
        shared.put(facts);
        return facts.length;
    }
}
