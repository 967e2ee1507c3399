package crosswind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code configure} line, and what follows from it for each record. */
final class Configuration {
    private static final byte[] ALPHABET =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** A topic and the number of its partitions. */
    record Topic(String name, int partitions) {}

    final String bootstrap;
    final Map<String, String> config = new HashMap<>();
    final List<Topic> topics = new ArrayList<>();
    final int records;
    /** Records per second; 0 means as fast as possible. */
    final double rate;
    final boolean clientPartitioner;
    private final int size;
    private final byte[] filler;

    Configuration(String line) {
        if (!(Json.parse(line) instanceof Map<?, ?> fields) || !"configure".equals(fields.get("type"))) {
            throw new IllegalArgumentException("the first line must be of type configure");
        }
        if (number(fields, "protocol") != 1) throw new IllegalArgumentException("this driver speaks protocol 1");
        bootstrap = text(fields.get("bootstrap"), "bootstrap");
        if (!(fields.get("config") instanceof Map<?, ?> properties)) throw missing("config");
        properties.forEach((key, value) -> config.put((String) key, text(value, "config." + key)));
        if (!(fields.get("topics") instanceof List<?> list) || list.isEmpty()) throw missing("topics");
        for (Object entry : list) {
            if (!(entry instanceof Map<?, ?> topic)) throw missing("topics");
            topics.add(new Topic(text(topic.get("name"), "name"), (int) number(topic, "partitions")));
        }
        records = (int) number(fields, "records");
        rate = fields.get("rate_records_per_s") == null ? 0 : number(fields, "rate_records_per_s");
        size = (int) number(fields, "size_bytes");
        if (size < 16) throw new IllegalArgumentException("size_bytes is " + size + ": at least 16 are needed");
        clientPartitioner = "client".equals(fields.get("partitioner"));
        filler = new byte[size + 64];
        for (int i = 0; i < filler.length; i++) filler[i] = ALPHABET[i & 63];
    }

    /** The value of a record: 16 hexadecimal digits of the id, then {@code alphabet[(id + i) mod 64]} for byte i. */
    byte[] value(long id) {
        byte[] value = new byte[size];
        for (int i = 0; i < 16; i++) value[i] = DIGITS[(int) (id >>> (60 - 4 * i)) & 15];
        System.arraycopy(filler, (int) (id & 63) + 16, value, 16, size - 16);
        return value;
    }

    private static String text(Object value, String key) {
        if (value instanceof String text) return text;
        throw missing(key);
    }

    private static double number(Map<?, ?> fields, String key) {
        if (fields.get(key) instanceof Double number) return number;
        throw missing(key);
    }

    private static IllegalArgumentException missing(String key) {
        return new IllegalArgumentException("the configure line has no proper " + key);
    }
}
