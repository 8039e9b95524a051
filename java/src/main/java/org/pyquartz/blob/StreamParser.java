package org.pyquartz.blob;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the structure of a Java serialisation stream, and instantiates, loads and calls nothing in it.
 *
 * <p>The grammar is that of chapter 6 of the "Java Object Serialization Specification", protocol version 2.
 */
final class StreamParser extends DescriptorParser {
    private static final int ATTEMPTS = 16;

    private final Set<String> withoutFields;
    private final Deque<String> suspects = new ArrayDeque<>();
    /** The objects that are being read, the outermost first. */
    private final List<Node> stack = new ArrayList<>();
    private boolean cyclic;

    private StreamParser(byte[] bytes, Set<String> withoutFields) {
        super(new StreamInput(bytes));
        this.withoutFields = withoutFields;
    }

    /**
     * Parses, again where that fails: a class with a {@code writeObject} of its own may have left out its
     * declared fields, and nothing in the stream tells. It is then the innermost such class at the place
     * where the parser got lost, and without its fields the parser gets further.
     */
    static ParsedStream parse(byte[] bytes) throws UnreadableBlobException {
        Set<String> withoutFields = new HashSet<>();
        UnreadableBlobException first = null;
        int reached = -1;
        while (true) {
            StreamParser parser = new StreamParser(bytes, withoutFields);
            try {
                return parser.stream();
            } catch (UnreadableBlobException e) {
                first = first == null ? e : first;
                boolean further = parser.in.position() > reached && withoutFields.size() < ATTEMPTS;
                if (!further || parser.suspects.isEmpty()) {
                    throw first;
                }
                reached = parser.in.position();
                withoutFields.add(parser.suspects.peek());
            }
        }
    }

    private ParsedStream stream() throws UnreadableBlobException {
        if ((short) in.unsignedShort() != STREAM_MAGIC || in.unsignedShort() != STREAM_VERSION) {
            throw in.corrupt("it doesn't begin as one");
        }
        byte tag = in.next();
        while (tag == TC_RESET) {
            tag = in.next();
        }
        return new ParsedStream(object(tag), classes, cyclic);
    }

    @Override
    Object object(byte tag) throws UnreadableBlobException {
        in.enter();
        in.count(1);
        Object object = content(tag);
        in.leave();
        return object;
    }

    private Object content(byte tag) throws UnreadableBlobException {
        switch (tag) {
            case TC_NULL:
                return null;
            case TC_REFERENCE:
                Object known = reference();
                return known instanceof ClassDesc ? new Node(Node.Kind.CLASS, (ClassDesc) known) : known;
            case TC_STRING:
                return register(in.utf(in.unsignedShort()));
            case TC_LONGSTRING:
                return register(in.utf(in.number()));
            case TC_OBJECT:
                return instance(begin(Node.Kind.OBJECT));
            case TC_ARRAY:
                return array(begin(Node.Kind.ARRAY));
            case TC_ENUM:
                Node constant = begin(Node.Kind.ENUM);
                text();
                return end(constant);
            case TC_CLASS:
                return end(begin(Node.Kind.CLASS));
            case TC_CLASSDESC:
            case TC_PROXYCLASSDESC:
                return new Node(Node.Kind.CLASS, classDesc(tag));
            case TC_EXCEPTION:
                throw in.corrupt("its writer failed while it wrote it");
            default:
                throw in.corrupt(String.format("0x%02x where an object begins", tag));
        }
    }

    private Node begin(Node.Kind kind) throws UnreadableBlobException {
        ClassDesc type = classDesc(in.next());
        if (type == null) {
            throw in.corrupt("an object without a class");
        }
        Node node = register(new Node(kind, type));
        node.place = stack.size();
        stack.add(node);
        return node;
    }

    private Node end(Node node) throws UnreadableBlobException {
        cyclic |= node.measure(stack);
        stack.remove(node.place);
        node.place = -1;
        return node;
    }

    private Node instance(Node node) throws UnreadableBlobException {
        in.count(node.type.chain().size());
        for (ClassDesc type : node.type.chain()) {
            if (type.writesOwnData() || type.fieldTypes.length() > 0) {
                node.slots.add(slot(type));
            }
            Layout.check(node, type);
        }
        end(node);
        in.count(Layout.collisions(node));
        return node;
    }

    private Node.Slot slot(ClassDesc type) throws UnreadableBlobException {
        if (type.is(SC_EXTERNALIZABLE) && !type.is(SC_BLOCK_DATA)) {
            throw in.corrupt(type.readableName() + " is stored in the form of before Java 1.2");
        }
        boolean fields = type.fieldTypes.length() > 0 && !withoutFields.contains(type.name);
        boolean suspect = fields && type.writesOwnData() && !type.isStandard();
        Node.Slot slot = new Node.Slot(type);
        if (suspect) {
            suspects.push(type.name);
        }
        if (fields) {
            readFields(slot);
        }
        if (type.writesOwnData()) {
            readOwnData(slot);
        }
        if (suspect) {
            suspects.pop();
        }
        return slot;
    }

    private void readFields(Node.Slot slot) throws UnreadableBlobException {
        StringBuilder types = slot.type.fieldTypes;
        in.count(types.length());
        slot.values = new Object[types.length()];
        for (int i = 0; i < types.length(); i++) {
            char type = types.charAt(i);
            int width = Primitives.width(type);
            slot.values[i] = width > 0 ? Primitives.value(type, in.take(width)) : object(in.next());
        }
    }

    @Override
    void readOwnData(Node.Slot slot) throws UnreadableBlobException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (byte tag = in.next(); tag != TC_ENDBLOCKDATA; tag = in.next()) {
            if (tag == TC_BLOCKDATA || tag == TC_BLOCKDATALONG) {
                ByteBuffer block = in.take(tag == TC_BLOCKDATA ? in.next() & 0xff : in.integer());
                byte[] bytes = new byte[block.remaining()];
                block.get(bytes);
                data.writeBytes(bytes);
            } else {
                slot.objects.add(object(tag));
            }
        }
        slot.data = data.toByteArray();
    }

    private Node array(Node node) throws UnreadableBlobException {
        int length = in.integer();
        String name = node.type.name;
        if (!name.startsWith("[") || name.length() < 2 || length < 0) {
            throw in.corrupt("an array without elements, or of no type of array");
        }
        int width = Primitives.width(name.charAt(1));
        if (width > 0) {
            node.bytes = in.take((long) length * width);
        } else {
            for (int i = 0; i < length; i++) {
                node.elements.add(object(in.next()));
            }
        }
        return end(node);
    }
}
