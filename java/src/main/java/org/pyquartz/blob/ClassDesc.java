package org.pyquartz.blob;

import java.io.ObjectStreamConstants;
import java.util.ArrayList;
import java.util.List;

/**
 * What the writer of a stream said of a class: its name, its fields, how its objects are written.
 *
 * <p>Read from the bytes alone; the class itself is never looked up.
 */
final class ClassDesc {
    /** As {@link Class#getName} gives it; of a dynamic proxy, its interfaces in words. */
    final String name;

    final boolean proxy;
    final List<String> fieldNames = new ArrayList<>();
    final StringBuilder fieldTypes = new StringBuilder();
    byte flags;
    /** False while it is being read: it must not be referred to, its own superclass least of all. */
    boolean complete;

    private static final String CODES = "BCDFIJSZ";
    private static final List<String> PRIMITIVES =
            List.of("byte", "char", "double", "float", "int", "long", "short", "boolean");

    private final boolean standard;
    private boolean standardAtHeart;
    private List<ClassDesc> chain = List.of();

    ClassDesc(String name, boolean proxy) {
        this.name = name;
        this.proxy = proxy;
        this.standard = !proxy && AllowList.standard().allows(name);
    }

    void complete(ClassDesc parent) {
        chain = new ArrayList<>();
        if (parent != null) {
            chain.addAll(parent.chain);
        }
        chain.add(this);
        standardAtHeart = chain.stream().anyMatch(c -> c.standard);
        complete = true;
    }

    /** The class and its serialisable superclasses, from the top down, as their data are written. */
    List<ClassDesc> chain() {
        return chain;
    }

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** Whether its objects carry data that the class wrote by itself, beside or instead of its fields. */
    boolean writesOwnData() {
        return is(ObjectStreamConstants.SC_EXTERNALIZABLE)
                || is(ObjectStreamConstants.SC_SERIALIZABLE) && is(ObjectStreamConstants.SC_WRITE_METHOD);
    }

    /** Whether it is on the standard list, or extends a class that is: it may then be a collection. */
    boolean isStandardAtHeart() {
        return standardAtHeart;
    }

    boolean isStandard() {
        return standard;
    }

    /** Why its objects may not be read, or null. */
    String refusal(AllowList allow) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            ClassDesc c = chain.get(i);
            if (c.proxy) {
                return readable(c.name) + " is never read";
            }
            if (!allow.allows(c.name)) {
                return "class " + readable(element(c.name)) + " is not on the allow list";
            }
        }
        return null;
    }

    String readableName() {
        return readable(name.startsWith("[")
                ? element(name) + "[]".repeat(Math.min(name.lastIndexOf('[') + 1, Limits.NAME))
                : name);
    }

    private static String element(String name) {
        if (!name.startsWith("[")) {
            return name;
        }
        String element = name.substring(name.lastIndexOf('[') + 1);
        if (element.length() == 1 && CODES.contains(element)) {
            return PRIMITIVES.get(CODES.indexOf(element));
        }
        return element.startsWith("L") && element.endsWith(";")
                ? element.substring(1, element.length() - 1)
                : element;
    }

    /** A name out of a stream goes into logs: no line breaks, and no more of it than a person reads. */
    private static String readable(String name) {
        String text = name.length() <= Limits.NAME ? name : name.substring(0, Limits.NAME) + "...";
        return text.replaceAll("[^\\p{Print}\\p{L}]", "?");
    }
}
