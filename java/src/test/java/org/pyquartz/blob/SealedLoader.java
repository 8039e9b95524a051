package org.pyquartz.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A class loader with its own copy of the hostile classes, which tells whom it was asked for. */
public final class SealedLoader extends ClassLoader {
    final List<String> asked = new ArrayList<>();

    public SealedLoader() {
        super(SealedLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            asked.add(name);
            if (!isHostile(name)) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : copy(name);
        }
    }

    static boolean isHostile(String name) {
        return (name + "$").startsWith(Hostile.class.getName() + "$");
    }

    private Class<?> copy(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] code = in.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
