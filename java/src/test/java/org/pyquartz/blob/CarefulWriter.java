package org.pyquartz.blob;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;

/** A class that declares fields and writes them by hand: the stream announces fields that it doesn't hold. */
class CarefulWriter implements Serializable {
    private static final long serialVersionUID = 1L;

    private int count;
    private String text;

    CarefulWriter(int count, String text) {
        this.count = count;
        this.text = text;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.writeObject(text);
        out.writeInt(count);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        text = (String) in.readObject();
        count = in.readInt();
    }

    /** Another such class, of another layout. */
    static final class Elder extends CarefulWriter {
        private static final long serialVersionUID = 1L;

        private long stamp;
        private CarefulWriter child;

        Elder(long stamp, CarefulWriter child) {
            super(7, "elder");
            this.stamp = stamp;
            this.child = child;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeLong(stamp);
            out.writeObject(child);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            stamp = in.readLong();
            child = (CarefulWriter) in.readObject();
        }
    }
}
