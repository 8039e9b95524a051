package org.pyquartz.bridge;

import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V11;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.PersistJobDataAfterExecution;

/**
 * Makes empty subclasses of a given name, with Quartz's two annotations as asked.
 *
 * <p>Quartz reads a job's concurrency and persistence from the class, not from the row, and writes
 * the class's name back into the row: only a class of the very name keeps both right. Each class has
 * a loader of its own, so that one name can have several forms over time.
 */
final class ClassFactory {
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
        String superName = Type.getInternalName(parent);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(V11, ACC_PUBLIC | ACC_SUPER, name.replace('.', '/'), null, superName, null);
        if (nonConcurrent) {
            annotate(writer, DisallowConcurrentExecution.class);
        }
        if (persistData) {
            annotate(writer, PersistJobDataAfterExecution.class);
        }
        MethodVisitor constructor = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(ALOAD, 0);
        constructor.visitMethodInsn(INVOKESPECIAL, superName, "<init>", "()V", false);
        constructor.visitInsn(RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void annotate(ClassWriter writer, Class<?> annotation) {
        writer.visitAnnotation(Type.getDescriptor(annotation), true).visitEnd();
    }
}
