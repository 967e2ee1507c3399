package crosswind;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.protocol.Errors;

/**
 * Writes the driver's lines: rows are collected and written together, everything else at once.
 *
 * <p>In one flush {@code sent} rows precede the others, so that no report precedes its record. Any thread may report.
 */
final class Output {
    private static final String[] KINDS = {"sent", "acknowledged", "failed"};
    private static final long FLUSH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final FileOutputStream stream = new FileOutputStream(FileDescriptor.out);
    private final Object writing = new Object();
    /** Rows by kind and topic; guarded by this. */
    private StringBuilder[][] rows = new StringBuilder[KINDS.length][0];
    /** Rows so far by kind; guarded by this. */
    private final long[] counts = new long[KINDS.length];

    static long nowUs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    synchronized void useTopics(int topics) {
        rows = new StringBuilder[KINDS.length][topics];
        for (StringBuilder[] kind : rows) for (int i = 0; i < topics; i++) kind[i] = new StringBuilder();
    }

    void flushRegularly() {
        Thread thread = new Thread(() -> {
            while (true) {
                LockSupport.parkNanos(FLUSH_INTERVAL_NS);
                flush();
            }
        }, "flush");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void sent(int topic, long id, int partition) {
        row(0, topic).append(id).append(',').append(partition).append(',').append(nowUs()).append(']');
    }

    synchronized void acknowledged(int topic, long id, int partition, long offset) {
        row(1, topic).append(id).append(',').append(partition).append(',').append(offset).append(',').append(nowUs())
            .append(']');
    }

    synchronized void failed(int topic, long id, int partition, Exception error, boolean notPersisted) {
        row(2, topic).append(id).append(',').append(partition).append(',').append(nowUs()).append(",\"")
            .append(name(error)).append("\",\"").append(notPersisted ? "not_persisted" : "indeterminate").append("\"]");
    }

    private StringBuilder row(int kind, int topic) {
        counts[kind]++;
        StringBuilder builder = rows[kind][topic];
        return builder.append(builder.length() == 0 ? "[" : ",[");
    }

    void error(Exception error, boolean fatal) {
        Throwable cause = error;
        StringBuilder words = new StringBuilder(String.valueOf(error.getMessage()));
        // KafkaException("Failed to construct kafka producer") hides the reason in its cause.
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
            words.append(": ").append(cause.getMessage());
        }
        line("{\"type\":\"error\",\"time_us\":" + nowUs() + ",\"name\":" + Json.quoted(name(error))
            + ",\"message\":" + Json.quoted(words.toString()) + ",\"fatal\":" + fatal + "}");
    }

    void log(String level, String message) {
        line("{\"type\":\"log\",\"time_us\":" + nowUs() + ",\"level\":" + Json.quoted(level) + ",\"message\":"
            + Json.quoted(message) + "}");
    }

    void done() {
        long[] totals;
        synchronized (this) {
            totals = counts.clone();
        }
        line("{\"type\":\"done\",\"time_us\":" + nowUs() + ",\"sent\":" + totals[0] + ",\"acknowledged\":" + totals[1]
            + ",\"failed\":" + totals[2] + "}");
    }

    /** Kafka's name for an error code of the Kafka protocol, the client's own class name for any other error. */
    static String name(Exception error) {
        Errors code = Errors.forException(error);
        // The client's own timeouts share a class with error code 7; only the code's exception came from the broker.
        boolean local = code == Errors.UNKNOWN_SERVER_ERROR
            || error.getClass() == org.apache.kafka.common.errors.TimeoutException.class;
        return local ? error.getClass().getSimpleName() : code.name();
    }

    /** Writes one line after the waiting rows. */
    void line(String line) {
        synchronized (writing) {
            flushRows();
            write(line + "\n");
        }
    }

    /** Writes the waiting rows. */
    void flush() {
        synchronized (writing) {
            flushRows();
        }
    }

    private void flushRows() {
        StringBuilder lines = new StringBuilder();
        synchronized (this) {
            for (int kind = 0; kind < KINDS.length; kind++) {
                for (int topic = 0; topic < rows[kind].length; topic++) {
                    StringBuilder waiting = rows[kind][topic];
                    if (waiting.length() == 0) continue;
                    lines.append("{\"type\":\"").append(KINDS[kind]).append("\",\"topic\":").append(topic)
                        .append(",\"rows\":[").append(waiting).append("]}\n");
                    waiting.setLength(0);
                }
            }
        }
        if (lines.length() > 0) write(lines.toString());
    }

    private void write(String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException error) {
            Runtime.getRuntime().halt(1); // the harness is gone: there is nobody left to tell
        }
    }
}
