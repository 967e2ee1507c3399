"""Produces with aiokafka and consumes all of it back: bootstrap, topic, codec, idempotent, records."""
import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

bootstrap, topic, codec, idempotent, count = sys.argv[1:6]


async def main():
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=None if codec == "none" else codec,
        enable_idempotence=idempotent == "true",
        acks="all",
        linger_ms=5,
    )
    await producer.start()
    futures = [await producer.send(topic, value=b"value-%d" % n, partition=0) for n in range(int(count))]
    offsets = [(await future).offset for future in futures]
    assert offsets == list(range(offsets[0], offsets[0] + int(count))), offsets[:10]
    await producer.stop()

    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    await consumer.seek_to_beginning(partition)
    values = []
    while len(values) < int(count):
        values.append((await asyncio.wait_for(consumer.getone(), 10)).value)
    assert values == [b"value-%d" % n for n in range(int(count))], values[:10]
    await consumer.stop()
    print("consumed", len(values))


asyncio.run(main())
