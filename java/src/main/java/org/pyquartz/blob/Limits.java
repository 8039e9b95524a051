package org.pyquartz.blob;

/** How large a stored object may be: far beyond job data, and small enough to read in about a second. */
final class Limits {
    /** Bytes of a blob. */
    static final int BYTES = 64 << 20;

    /** Objects, fields and elements, those that several places share counted once for each place. */
    static final int PARTS = 2_000_000;

    /** How deep values nest. */
    static final int DEPTH = 50;

    /** The same as Java counts it, with the map around them, and with classes and their superclasses. */
    static final int DEPTH_IN_JAVA = DEPTH + 10;

    /** How deep objects nest that are only stepped over; the parser's stack bears it on any thread. */
    static final int PARSED_DEPTH = 400;

    /** Characters of a class name in a message. */
    static final int NAME = 200;

    private Limits() {}
}
