package org.pyquartz.write;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quartz.JobPersistenceException;

/**
 * Reads what Python packs into one string, for a crossing costs more than what crosses.
 *
 * <p>Python's own library writes it, so it is taken to be JSON, all of it in ASCII. An object with the
 * key "$" is a value that JSON has no form for ({@link Values}). An integer becomes the smallest of
 * Integer, Long and BigInteger that holds it: Java's getInt() takes an Integer and nothing else.
 */
final class JsonReader {
    private final String text;
    // Many jobs have data of the same names.
    private final Map<String, String> names = new HashMap<>();
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    static Object read(String text) {
        return new JsonReader(text).value();
    }

    /** Reads a list item by item: those that have been dealt with need not be held. */
    static void readEach(String text, ItemReader items) throws JobPersistenceException {
        JsonReader reader = new JsonReader(text);
        reader.at++;
        while (text.charAt(reader.at) != ']') {
            items.read(reader.value());
            reader.skipComma();
        }
    }

    /** What is done with an item of a list. */
    interface ItemReader {
        void read(Object item) throws JobPersistenceException;
    }

    private void skipComma() {
        if (text.charAt(at) == ',') {
            at++;
        }
    }

    private Object value() {
        char c = text.charAt(at);
        switch (c) {
            case '"':
                return string();
            case '[':
                return list();
            case '{':
                return map();
            case 't':
                at += 4;
                return Boolean.TRUE;
            case 'f':
                at += 5;
                return Boolean.FALSE;
            case 'n':
                at += 4;
                return null;
            default:
                return number();
        }
    }

    private Object number() {
        int begin = at;
        boolean whole = true;
        long number = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                number = number * 10 + (c - '0');
            } else if (c == '.' || c == 'e' || c == 'E') {
                whole = false;
            } else if (c != '-' && c != '+') {
                break;
            }
        }
        if (!whole) {
            return Double.valueOf(text.substring(begin, at));
        }
        if (at - begin > 18) {
            BigInteger big = new BigInteger(text.substring(begin, at));
            return big.bitLength() < 64 ? (Object) big.longValue() : big;
        }
        number = text.charAt(begin) == '-' ? -number : number;
        return number == (int) number ? (Object) (int) number : (Object) number;
    }

    private String string() {
        int begin = ++at;
        while (true) {
            char c = text.charAt(at);
            if (c == '"') {
                return text.substring(begin, at++);
            }
            if (c == '\\') {
                return escaped(begin);
            }
            at++;
        }
    }

    private String escaped(int begin) {
        StringBuilder out = new StringBuilder(text.substring(begin, at));
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            out.append(c == '\\' ? escape(text.charAt(at++)) : c);
        }
        return out.toString();
    }

    private char escape(char c) {
        switch (c) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u':
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 4, at), 16);
            default:
                return c;
        }
    }

    private List<Object> list() {
        List<Object> items = new ArrayList<>();
        at++;
        while (text.charAt(at) != ']') {
            items.add(value());
            skipComma();
        }
        at++;
        return items;
    }

    private Object map() {
        Map<String, Object> entries = new LinkedHashMap<>();
        at++;
        while (text.charAt(at) != '}') {
            String key = string();
            at++; // the colon
            entries.put(names.computeIfAbsent(key, same -> same), value());
            skipComma();
        }
        at++;
        return entries.containsKey("$") ? Values.untag(entries) : entries;
    }
}
