"""Produces with kafka-python and consumes all of it back: bootstrap, topic, codec, idempotent, records."""
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

bootstrap, topic, codec, idempotent, count = sys.argv[1:6]
producer = KafkaProducer(
    bootstrap_servers=bootstrap,
    compression_type=None if codec == "none" else codec,
    enable_idempotence=idempotent == "true",
    acks="all",
    linger_ms=5,
)
futures = [producer.send(topic, value=b"value-%d" % n, partition=0) for n in range(int(count))]
producer.flush(timeout=30)
offsets = [future.get(timeout=30).offset for future in futures]
assert offsets == list(range(offsets[0], offsets[0] + int(count))), offsets[:10]
producer.close()

consumer = KafkaConsumer(
    bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False, consumer_timeout_ms=10000
)
partition = TopicPartition(topic, 0)
consumer.assign([partition])
consumer.seek_to_beginning(partition)
values = []
for record in consumer:
    values.append(record.value)
    if len(values) == int(count):
        break
assert values == [b"value-%d" % n for n in range(int(count))], values[:10]
consumer.close()
print("consumed", len(values))
