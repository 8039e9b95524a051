package org.pyquartz.blob;

import java.util.List;

/** A stream as the parser read it. */
final class ParsedStream {
    /** A Node, a String, or null. */
    final Object root;

    private final List<ClassDesc> classes;
    private final boolean cyclic;

    ParsedStream(Object root, List<ClassDesc> classes, boolean cyclic) {
        this.root = root;
        this.classes = classes;
        this.cyclic = cyclic;
    }

    /** Why Java must not read it as a whole, or null. */
    String obstacle(AllowList allow) {
        for (ClassDesc type : classes) {
            String refusal = type.refusal(allow);
            if (refusal != null) {
                return refusal;
            }
        }
        return cyclic ? "a collection in it contains itself" : null;
    }
}
