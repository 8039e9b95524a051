package org.pyquartz.stock;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON in which each value of a job's data stands with its Java class, as the stores' own JSON has it. */
final class TypedJson {
    private TypedJson() {}

    static Map<String, Object> entries(Map<?, ?> data) {
        Map<String, Object> typed = new LinkedHashMap<>();
        data.forEach((key, value) -> typed.put(String.valueOf(key), typed(value)));
        return typed;
    }

    private static Map<String, Object> typed(Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("class", value == null ? null : value.getClass().getName());
        if (value instanceof Map) {
            map.put("value", entries((Map<?, ?>) value));
        } else if (value instanceof Collection) {
            List<Object> items = new ArrayList<>();
            ((Collection<?>) value).forEach(item -> items.add(typed(item)));
            map.put("value", items);
        } else if (value instanceof byte[]) {
            map.put("value", Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof Date) {
            map.put("value", ((Date) value).getTime());
        } else if (isPlain(value)) {
            map.put("value", value);
        } else {
            map.put("string", value.toString());
        }
        return map;
    }

    private static boolean isPlain(Object value) {
        return value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || value instanceof Long;
    }

    /** Strings, whole numbers, booleans, null, and maps and collections of them. */
    static String plain(Object value) {
        if (value instanceof Map) {
            List<String> members = new ArrayList<>();
            ((Map<?, ?>) value).forEach((k, v) -> members.add(quote(String.valueOf(k)) + ":" + plain(v)));
            return "{" + String.join(",", members) + "}";
        }
        if (value instanceof Collection) {
            List<String> items = new ArrayList<>();
            ((Collection<?>) value).forEach(item -> items.add(plain(item)));
            return "[" + String.join(",", items) + "]";
        }
        return value instanceof String ? quote((String) value) : String.valueOf(value);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
