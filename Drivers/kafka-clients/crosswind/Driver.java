package crosswind;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * The driver over Apache Kafka's Java client. Speaks docs/driver-protocol.md.
 *
 * <p>Persistence: the Java client does not say whether a failed record was written, and a batch that fails after a retry
 * may have been written by an earlier attempt. So a record is {@code not_persisted} only when {@code send} itself refused
 * it; everything else is {@code indeterminate}.
 */
public final class Driver {
    private static final int PROTOCOL = 1;

    private final Output output = new Output();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile boolean fatal;

    private Driver() {}

    /** Runs the driver; ends the process. */
    public static void main(String[] arguments) throws IOException {
        // halt: client threads may wait for the network, and everything that matters has been said.
        Runtime.getRuntime().halt(new Driver().run());
    }

    private int run() throws IOException {
        output.line("{\"type\":\"hello\",\"protocol\":" + PROTOCOL + ",\"driver\":\"crosswind-kafka-clients\","
            + "\"client\":\"kafka-clients\",\"version\":" + Json.quoted(AppInfoParser.getVersion()) + "}");
        LogProvider.output = output;
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = input.readLine();
        if (line == null) return 0;
        try {
            Configuration configuration = new Configuration(line);
            output.useTopics(configuration.topics.size());
            listen(input);
            output.flushRegularly();
            work(configuration);
            output.done();
            return 0;
        } catch (Exception error) {
            output.error(error, true);
            return 1;
        }
    }

    /** Listens to the harness on a thread of its own; the end of standard input ends the driver at once. */
    private void listen(BufferedReader input) {
        Thread thread = new Thread(() -> {
            try {
                for (String line = input.readLine(); line != null; line = input.readLine()) {
                    Object type = Json.parse(line) instanceof Map<?, ?> map ? map.get("type") : null;
                    if ("stop".equals(type)) stopped = true;
                    if ("start".equals(type) || "stop".equals(type)) started.countDown();
                    else System.err.println("ignored a line that is neither start nor stop");
                }
            } catch (IOException | IllegalArgumentException error) {
                System.err.println("standard input: " + error.getMessage());
            }
            // A writer that is blocked in a full pipe must not keep the process alive.
            Thread watchdog = new Thread(() -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                Runtime.getRuntime().halt(0);
            });
            watchdog.start();
            output.flush();
            Runtime.getRuntime().halt(0);
        }, "control");
        thread.setDaemon(true);
        thread.start();
    }

    private void work(Configuration configuration) throws InterruptedException {
        for (String name : configuration.config.keySet()) {
            // The client only logs a property that it does not know; in an experiment that would be a silent typo.
            if (!ProducerConfig.configNames().contains(name)) {
                throw new ConfigException("Unknown configuration '" + name + "'");
            }
        }
        Properties properties = new Properties();
        properties.putAll(configuration.config);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, configuration.bootstrap);
        boolean transactional = configuration.config.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        for (Configuration.Topic topic : configuration.topics) {
            int found = producer.partitionsFor(topic.name()).size();
            if (found < topic.partitions()) {
                throw new IllegalArgumentException("topic " + topic.name() + " has " + found + " partitions");
            }
        }
        if (transactional) {
            producer.initTransactions();
            producer.beginTransaction();
        } else {
            waitForProducerId(producer);
        }
        output.line("{\"type\":\"ready\",\"time_us\":" + Output.nowUs() + "}");
        started.await();
        send(producer, configuration);
        producer.flush();
        if (transactional && !fatal) producer.commitTransaction();
    }

    /** Open loop: record n is due at start + n / rate, however late the client is. */
    private void send(KafkaProducer<byte[], byte[]> producer, Configuration configuration) {
        long start = System.nanoTime();
        output.line("{\"type\":\"began\",\"time_us\":" + Output.nowUs() + "}");
        double interval = configuration.rate > 0 ? 1e9 / configuration.rate : 0;
        for (int id = 0; id < configuration.records && !stopped && !fatal; id++) {
            long due = start + (long) (id * interval);
            while (interval > 0 && !stopped) {
                long wait = due - System.nanoTime();
                if (wait <= 0) break;
                LockSupport.parkNanos(Math.min(wait, 10_000_000));
            }
            if (!stopped) send(producer, configuration, id);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Configuration configuration, int id) {
        int topic = id % configuration.topics.size();
        Configuration.Topic place = configuration.topics.get(topic);
        Integer partition =
            configuration.clientPartitioner ? null : (id / configuration.topics.size()) % place.partitions();
        int told = partition == null ? -1 : partition;
        output.sent(topic, id, told);
        Thread sender = Thread.currentThread();
        try {
            producer.send(new ProducerRecord<>(place.name(), partition, null, configuration.value(id)),
                (metadata, error) -> {
                    if (error == null) {
                        output.acknowledged(topic, id, metadata.partition(), metadata.hasOffset() ? metadata.offset() : -1);
                    } else {
                        // Reports of batches come on the client's own thread. One that comes while send runs, on its
                        // thread, is a refusal: no metadata in time, no room in the buffer.
                        output.failed(topic, id, told, error, Thread.currentThread() == sender);
                    }
                });
        } catch (RuntimeException error) {
            output.failed(topic, id, told, error, true);
            if (isFatal(error)) {
                fatal = true;
                output.error(error, true);
            }
        }
    }

    /** A producer in its fatal state refuses every further record with the cause of it. */
    private static boolean isFatal(RuntimeException error) {
        return error instanceof IllegalStateException || (error.getMessage() != null
            && error.getMessage().startsWith("Cannot perform send because at least one previous transactional or idempotent"));
    }

    /**
     * Waits until the idempotent producer has its producer id. The client has no public way to ask: where these private
     * names change, the driver does not wait.
     */
    private static void waitForProducerId(KafkaProducer<byte[], byte[]> producer) throws InterruptedException {
        try {
            Field field = KafkaProducer.class.getDeclaredField("transactionManager");
            field.setAccessible(true);
            Object manager = field.get(producer);
            if (manager == null) return;
            var hasProducerId = manager.getClass().getDeclaredMethod("hasProducerId");
            var hasFatalError = manager.getClass().getDeclaredMethod("hasFatalError");
            var lastError = manager.getClass().getDeclaredMethod("lastError");
            for (var method : new java.lang.reflect.Method[] {hasProducerId, hasFatalError, lastError}) {
                method.setAccessible(true);
            }
            while (!(Boolean) hasProducerId.invoke(manager)) {
                if ((Boolean) hasFatalError.invoke(manager)) throw (RuntimeException) lastError.invoke(manager);
                Thread.sleep(2);
            }
        } catch (ReflectiveOperationException error) {
            System.err.println("cannot see the producer id: " + error);
        }
    }
}
