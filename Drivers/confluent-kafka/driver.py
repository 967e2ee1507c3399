"""The driver over confluent-kafka, librdkafka as Python applications use it. Speaks docs/driver-protocol.md.

Persistence: librdkafka knows whether a failed record was written, but confluent-kafka does not pass it on. So a record is
`not_persisted` only when produce() itself refused it; everything else is `indeterminate`.
"""

import json
import logging
import sys
import threading
import time

import confluent_kafka
from confluent_kafka import KafkaException, Producer

import crosswind_driver
from crosswind_driver import Failure

POLL_S = 0.05
STATISTICS_MS = 20


class Name(Exception):
    """An error of librdkafka's under the name that the protocol wants: Kafka's for its codes, librdkafka's for its own."""


def name_of(error):
    """`UNKNOWN_TOPIC_OR_PART` is librdkafka's word for a code of Kafka's, `_MSG_TIMED_OUT` one of its own."""
    own = {
        -1: "UNKNOWN_SERVER_ERROR", 2: "CORRUPT_MESSAGE", 3: "UNKNOWN_TOPIC_OR_PARTITION", 6: "NOT_LEADER_OR_FOLLOWER",
        10: "MESSAGE_TOO_LARGE", 17: "INVALID_TOPIC_EXCEPTION", 48: "INVALID_TXN_STATE", 56: "KAFKA_STORAGE_ERROR",
    }
    return own.get(error.code()) or error.name()


def named(error):
    """An exception whose type has the error's name, which is what `failed` rows show."""
    return type(name_of(error), (Name,), {})(error.str())


class Client:
    """The producer, and the thread that serves its callbacks, as the documentation of confluent-kafka advises."""

    def __init__(self, configuration, output):
        self._output = output
        self._ids = threading.Event()
        self.fatal = False
        # Held from produce() to its `sent` row: the report on the record comes on the other thread and must be later.
        self.order = threading.Lock()
        config = dict(configuration.config)
        config["bootstrap.servers"] = configuration.bootstrap
        self.transactional = bool(config.get("transactional.id"))
        self.idempotent = self.transactional or config.get("enable.idempotence", "false").lower() in ("true", "1")
        # The producer id shows in the statistics alone.
        self._kept = "statistics.interval.ms" in config
        if self.idempotent:
            config.setdefault("statistics.interval.ms", STATISTICS_MS)
        try:
            self.producer = Producer(
                dict(config, error_cb=self._error, stats_cb=self._statistics), logger=logging.getLogger("rdkafka")
            )
        except KafkaException as error:
            raise Failure(name_of(error.args[0]), error.args[0].str())
        threading.Thread(target=self._serve, name="poll", daemon=True).start()

    def _serve(self):
        while True:
            self.producer.poll(POLL_S)

    def _error(self, error):
        fatal = error.fatal()
        self._output.error(name_of(error), error.str(), fatal)
        self.fatal = self.fatal or fatal

    def _statistics(self, text):
        if not self._ids.is_set() and json.loads(text).get("eos", {}).get("producer_id", -1) != -1:
            self._ids.set()
        if self._kept:
            self._output.line(type="log", time_us=crosswind_driver.now_us(), level="statistics", message=text)

    def connect(self, topics):
        """Waits for the metadata of every topic and, where there is one, for the producer id. Keeps trying."""
        for name, partitions in topics:
            while True:
                try:
                    found = self.producer.list_topics(name, timeout=5).topics[name]
                except KafkaException as error:
                    if error.args[0].fatal():
                        raise Failure(name_of(error.args[0]), error.args[0].str())
                    continue
                if found.error is None and all(p.leader >= 0 for p in found.partitions.values()):
                    break
                time.sleep(0.1)
            if len(found.partitions) < partitions:
                raise Failure("UNKNOWN_TOPIC_OR_PARTITION", "topic %s has %d partitions" % (name, len(found.partitions)))
        if self.transactional:
            self.producer.init_transactions()
            self.producer.begin_transaction()
        elif self.idempotent:
            while not self._ids.wait(0.1) and not self.fatal:
                pass


def body(configuration, output, control):
    client = Client(configuration, output)
    client.connect(configuration.topics)
    for id in crosswind_driver.due_records(configuration, output, control):
        if client.fatal:
            break
        send(client, configuration, output, control, id)
    while output.counts["acknowledged"] + output.counts["failed"] < output.counts["sent"]:
        client.producer.flush(0.5)
    if client.transactional and not client.fatal:
        client.producer.commit_transaction()


def send(client, configuration, output, control, id):
    """Offers a record until the queue has room for it, and dates it then."""
    topic, name, partition = configuration.place(id)
    told = -1 if partition is None else partition

    def report(error, message):
        with client.order:
            if error is None:
                offset = message.offset()
                output.acknowledged(topic, id, message.partition(), -1 if offset is None else offset)
            else:
                output.failed(topic, id, told, named(error))

    chosen = {} if partition is None else {"partition": partition}
    while True:
        time_us = crosswind_driver.now_us()
        with client.order:
            try:
                client.producer.produce(name, configuration.value(id), on_delivery=report, **chosen)
                output.sent(topic, id, told, time_us)
                return
            except BufferError:
                pass  # the queue is full
            except KafkaException as error:
                output.sent(topic, id, told, time_us)
                output.failed(topic, id, told, named(error.args[0]), not_persisted=True)
                return
        if control.stopped.is_set() or client.fatal:
            return
        time.sleep(0.001)


def version():
    """Text since 2.4, a tuple with a number before."""
    told = confluent_kafka.version()
    return told[0] if isinstance(told, tuple) else told


if __name__ == "__main__":
    sys.exit(crosswind_driver.run("crosswind_confluent_kafka", "confluent-kafka", version(), body))
