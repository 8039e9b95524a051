package org.pyquartz.blob;

import java.io.ObjectStreamConstants;
import java.util.ArrayList;
import java.util.List;

/** The half of the parser that reads class descriptors, and keeps the numbers by which a stream refers back. */
abstract class DescriptorParser implements ObjectStreamConstants {
    final StreamInput in;
    final List<ClassDesc> classes = new ArrayList<>();
    private final List<Object> handles = new ArrayList<>();

    DescriptorParser(StreamInput in) {
        this.in = in;
    }

    /** The object that begins with a tag: a Node, a String, or null. */
    abstract Object object(byte tag) throws UnreadableBlobException;

    /** What a class wrote by itself, up to the mark that ends it. */
    abstract void readOwnData(Node.Slot slot) throws UnreadableBlobException;

    final <T> T register(T object) {
        handles.add(object);
        return object;
    }

    final Object reference() throws UnreadableBlobException {
        int handle = in.integer() - baseWireHandle;
        if (handle < 0 || handle >= handles.size()) {
            throw in.corrupt("it refers to an object that it doesn't hold");
        }
        return handles.get(handle);
    }

    final String text() throws UnreadableBlobException {
        Object text = object(in.next());
        if (text instanceof String) {
            return (String) text;
        }
        throw in.corrupt("no text where a name has to be");
    }

    /** The class descriptor that begins with a tag, or null. */
    final ClassDesc classDesc(byte tag) throws UnreadableBlobException {
        in.enter();
        ClassDesc type = null;
        if (tag == TC_CLASSDESC) {
            type = ordinary();
        } else if (tag == TC_PROXYCLASSDESC) {
            type = proxy();
        } else if (tag == TC_REFERENCE) {
            Object known = reference();
            if (!(known instanceof ClassDesc) || !((ClassDesc) known).complete) {
                throw in.corrupt("it refers to something else where a class has to be");
            }
            type = (ClassDesc) known;
        } else if (tag != TC_NULL) {
            throw in.corrupt(String.format("0x%02x where a class begins", tag));
        }
        in.leave();
        return type;
    }

    private ClassDesc ordinary() throws UnreadableBlobException {
        ClassDesc type = new ClassDesc(in.utf(in.unsignedShort()), false);
        in.number(); // serialVersionUID
        register(type);
        type.flags = in.next();
        int count = in.unsignedShort();
        for (int i = 0; i < count; i++) {
            readField(type);
        }
        if (type.is(SC_EXTERNALIZABLE) && type.is(SC_SERIALIZABLE)
                || count > 0 && !type.is(SC_SERIALIZABLE)) {
            throw in.corrupt("its description of " + type.readableName() + " contradicts itself");
        }
        return rest(type);
    }

    private void readField(ClassDesc type) throws UnreadableBlobException {
        char code = (char) in.next();
        boolean object = code == 'L' || code == '[';
        int last = type.fieldTypes.length() - 1;
        boolean late = last >= 0 && Primitives.width(type.fieldTypes.charAt(last)) == 0;
        // Java reads a class's primitives in one piece, before its objects.
        if (!object && (late || Primitives.width(code) == 0)) {
            throw in.corrupt("a field of " + type.readableName() + " is of no known type or out of place");
        }
        in.count(1);
        type.fieldTypes.append(code);
        type.fieldNames.add(in.utf(in.unsignedShort()));
        if (object) {
            text();
        }
    }

    private ClassDesc proxy() throws UnreadableBlobException {
        int count = in.integer();
        StringBuilder name = new StringBuilder("a dynamic proxy of");
        for (int i = 0; i < count; i++) {
            String of = in.utf(in.unsignedShort());
            if (name.length() < Limits.NAME) {
                name.append(i == 0 ? " " : ", ").append(of);
            }
        }
        // Its number is due before its interfaces, but they are plain text and take none.
        ClassDesc type = register(new ClassDesc(name.toString(), true));
        type.flags = SC_SERIALIZABLE;
        return rest(type);
    }

    private ClassDesc rest(ClassDesc type) throws UnreadableBlobException {
        readOwnData(new Node.Slot(type));
        type.complete(classDesc(in.next()));
        in.count(type.chain().size());
        classes.add(type);
        return type;
    }
}
