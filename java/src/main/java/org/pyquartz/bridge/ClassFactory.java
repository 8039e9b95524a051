package org.pyquartz.bridge;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.PersistJobDataAfterExecution;

/**
 * Makes empty subclasses of a given name, with Quartz's two annotations as asked.
 *
 * <p>Quartz reads a job's concurrency and persistence from the class, not from the row, and writes
 * the class's name back into the row: only a class of the very name keeps both right. Each class has
 * a loader of its own, so that one name can have several forms over time.
 *
 * <p>The file of such a class is a page of the JVM's specification, written out here: a library for it
 * would be a sixth of all classes that a start has to load by itself.
 */
final class ClassFactory {
    private static final int MAGIC = 0xCAFEBABE;
    private static final int JAVA_11 = 55;
    private static final int PUBLIC = 0x0001;
    private static final int SUPER = 0x0020;
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;
    // aload_0, invokespecial #9, return
    private static final byte[] CALL_SUPER = {0x2A, (byte) 0xB7, 0, 9, (byte) 0xB1};

    private static final Map<String, Class<? extends Job>> MADE = new ConcurrentHashMap<>();

    private ClassFactory() {}

    static Class<? extends Job> subclass(
            Class<? extends Job> parent, String name, boolean nonConcurrent, boolean persistData) {
        String form = parent.getName() + ' ' + nonConcurrent + ' ' + persistData + ' ' + name;
        return MADE.computeIfAbsent(
                form, ignored -> define(parent, name, nonConcurrent, persistData));
    }

    private static Class<? extends Job> define(
            Class<? extends Job> parent, String name, boolean nonConcurrent, boolean persistData) {
        byte[] code = compile(parent, name, nonConcurrent, persistData);
        return new ClassLoader(parent.getClassLoader()) {
            Class<? extends Job> make() {
                return defineClass(name, code, 0, code.length).asSubclass(Job.class);
            }
        }.make();
    }

    private static byte[] compile(
            Class<? extends Job> parent, String name, boolean nonConcurrent, boolean persistData) {
        List<Class<?>> annotations = new ArrayList<>();
        if (nonConcurrent) {
            annotations.add(DisallowConcurrentExecution.class);
        }
        if (persistData) {
            annotations.add(PersistJobDataAfterExecution.class);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(new DataOutputStream(bytes), name, parent, annotations);
        } catch (IOException e) {
            // Nothing is written to but memory: the name has more bytes than a class file takes.
            throw new ClassFormatError("no class can have a name of " + name.length() + " characters");
        }
        return bytes.toByteArray();
    }

    private static void write(
            DataOutputStream out, String name, Class<?> parent, List<Class<?>> annotations)
            throws IOException {
        out.writeInt(MAGIC);
        out.writeShort(0);
        out.writeShort(JAVA_11);
        out.writeShort(11 + annotations.size());
        text(out, name.replace('.', '/'));  // 1
        refer(out, CLASS, 1);
        text(out, parent.getName().replace('.', '/'));  // 3
        refer(out, CLASS, 3);
        text(out, "<init>");  // 5
        text(out, "()V");
        text(out, "Code");  // 7
        refer(out, NAME_AND_TYPE, 5, 6);
        refer(out, METHOD, 4, 8);  // 9
        text(out, "RuntimeVisibleAnnotations");
        for (Class<?> annotation : annotations) {  // 11 and on
            text(out, 'L' + annotation.getName().replace('.', '/') + ';');
        }
        // This class and its parent; no interfaces, no fields, one method: the constructor.
        shorts(out, PUBLIC | SUPER, 2, 4, 0, 0, 1);
        shorts(out, PUBLIC, 5, 6, 1);
        attribute(out, 7, 12 + CALL_SUPER.length);
        shorts(out, 1, 1);  // how deep its stack is, how many variables it has
        out.writeInt(CALL_SUPER.length);
        out.write(CALL_SUPER);
        shorts(out, 0, 0);
        shorts(out, 1);
        attribute(out, 10, 2 + 4 * annotations.size());
        shorts(out, annotations.size());
        for (int i = 0; i < annotations.size(); i++) {
            shorts(out, 11 + i, 0);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.writeByte(UTF8);
        out.writeUTF(text);
    }

    private static void refer(DataOutputStream out, int kind, int... constants) throws IOException {
        out.writeByte(kind);
        shorts(out, constants);
    }

    private static void attribute(DataOutputStream out, int name, int length) throws IOException {
        out.writeShort(name);
        out.writeInt(length);
    }

    private static void shorts(DataOutputStream out, int... values) throws IOException {
        for (int value : values) {
            out.writeShort(value);
        }
    }
}
