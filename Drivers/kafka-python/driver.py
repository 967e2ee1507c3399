"""The driver over kafka-python. Speaks docs/driver-protocol.md.

Persistence: kafka-python does not say whether a failed record was written, and a batch that fails after a retry may
have been written by an earlier attempt. So a record is `not_persisted` only when send() itself refused it; everything
else is `indeterminate`.
"""

import sys
import time

import kafka
from kafka import KafkaProducer

import crosswind_driver
from crosswind_driver import Failure


def connect(configuration, control):
    """The producer, connected and with metadata, its producer id in hand."""
    config = crosswind_driver.properties(configuration.config, KafkaProducer.DEFAULT_CONFIG)
    config["bootstrap_servers"] = configuration.bootstrap.split(",")
    producer = KafkaProducer(**config)
    for name, partitions in configuration.topics:
        found = producer.partitions_for(name)
        if not found or len(found) < partitions:
            raise Failure("UNKNOWN_TOPIC_OR_PARTITION", "topic %s has %d partitions" % (name, len(found or ())))
    # The library has no public way to ask for the producer id; without this attribute the driver does not wait.
    manager = getattr(producer, "_transaction_manager", None)
    if producer.config.get("transactional_id"):
        producer.init_transactions()
        producer.begin_transaction()
    elif manager is not None:
        while not manager.has_producer_id():
            if manager.has_fatal_error():
                raise manager.last_error
            time.sleep(0.005)
    return producer, manager


def body(configuration, output, control):
    producer, manager = connect(configuration, control)
    for id in crosswind_driver.due_records(configuration, output, control):
        if is_fatal(manager):
            break
        send(producer, configuration, output, id)
    producer.flush()
    while output.counts["acknowledged"] + output.counts["failed"] < output.counts["sent"]:
        time.sleep(0.005)  # callbacks run after the futures that flush() waits for
    if is_fatal(manager):
        error = manager.last_error
        output.error(crosswind_driver.error_name(error), str(error), True)
    elif producer.config.get("transactional_id"):
        producer.commit_transaction()


def send(producer, configuration, output, id):
    topic, name, partition = configuration.place(id)
    told = -1 if partition is None else partition
    output.sent(topic, id, told, crosswind_driver.now_us())
    try:
        future = producer.send(name, configuration.value(id), partition=partition)
    except Exception as error:
        output.failed(topic, id, told, error, not_persisted=True)
        return
    future.add_callback(lambda metadata: output.acknowledged(topic, id, metadata.partition, metadata.offset))
    future.add_errback(lambda error: output.failed(topic, id, told, error))


def is_fatal(manager):
    return manager is not None and manager.has_fatal_error()


if __name__ == "__main__":
    sys.exit(crosswind_driver.run("crosswind_kafka_python", "kafka-python", kafka.__version__, body))
