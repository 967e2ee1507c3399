import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Produces with kafka-clients and consumes all of it back: bootstrap, topic, codec, idempotent, records. */
public class JavaClient {
    public static void main(String[] arguments) throws Exception {
        String bootstrap = arguments[0];
        String topic = arguments[1];
        int count = Integer.parseInt(arguments[4]);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("compression.type", arguments[2]);
        properties.put("enable.idempotence", arguments[3]);
        properties.put("acks", "all");
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            List<Future<RecordMetadata>> futures = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                futures.add(producer.send(new ProducerRecord<>(topic, 0, null, "value-" + n)));
            }
            long first = futures.get(0).get().offset();
            for (int n = 0; n < count; n++) {
                if (futures.get(n).get().offset() != first + n) throw new AssertionError("offset of record " + n);
            }
        }
        properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("enable.auto.commit", "false");
        int consumed = 0;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.currentTimeMillis() + 10_000;
            while (consumed < count && System.currentTimeMillis() < deadline) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    if (!record.value().equals("value-" + consumed)) throw new AssertionError(record.value());
                    consumed++;
                }
            }
        }
        if (consumed != count) throw new AssertionError("consumed " + consumed + " of " + count);
        System.out.println("consumed " + consumed);
    }
}
