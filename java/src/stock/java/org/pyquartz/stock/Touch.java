package org.pyquartz.stock;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Paths;

/** An object that does harm by being read: it makes a file. As a program it prints itself, in hex. */
public final class Touch implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String path;

    private Touch(String path) {
        this.path = path;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        Files.createFile(Paths.get(path));
    }

    public static void main(String[] args) throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Touch(args[0]));
        }
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes.toByteArray()) {
            hex.append(String.format("%02x", b));
        }
        System.out.println(hex);
    }
}
