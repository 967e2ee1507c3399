"""The driver over aiokafka. Speaks docs/driver-protocol.md.

Persistence: aiokafka does not say whether a failed record was written, and a batch that fails after a retry may have
been written by an earlier attempt. So a record is `not_persisted` only when send() itself refused it; everything else
is `indeterminate`.
"""

import asyncio
import inspect
import sys

import aiokafka
from aiokafka import AIOKafkaProducer

import crosswind_driver
from crosswind_driver import Failure, Pace



def defaults():
    """The client's defaults by name. `acks` is a number whose default depends on idempotence."""
    parameters = inspect.signature(AIOKafkaProducer.__init__).parameters
    known = {name: parameter.default for name, parameter in parameters.items()}
    known["acks"] = 1
    return known


async def connect(configuration):
    """The producer, connected and with metadata; start() waits for the producer id."""
    config = crosswind_driver.properties(configuration.config, defaults())
    config["bootstrap_servers"] = configuration.bootstrap.split(",")
    producer = AIOKafkaProducer(**config)
    await producer.start()
    for name, partitions in configuration.topics:
        found = await producer.partitions_for(name)
        if not found or len(found) < partitions:
            raise Failure("UNKNOWN_TOPIC_OR_PARTITION", "topic %s has %d partitions" % (name, len(found or ())))
    return producer, bool(config.get("transactional_id"))


class Sends:
    """Hands records to the client in order, never more than one send() call at a time.

    A send() that waits for room holds up the records behind it, as it would hold up an application that awaits it; the
    time of `sent` is the time of the call.
    """

    def __init__(self, producer, configuration, output):
        self._producer = producer
        self._configuration = configuration
        self._output = output
        self._open = 0
        self._idle = asyncio.Event()

    async def send(self, id):
        topic, name, partition = self._configuration.place(id)
        told = -1 if partition is None else partition
        self._output.sent(topic, id, told, crosswind_driver.now_us())
        try:
            future = await self._producer.send(name, self._configuration.value(id), partition=partition)
        except Exception as error:
            self._output.failed(topic, id, told, error, not_persisted=True)
            return
        self._open += 1
        future.add_done_callback(lambda done: self._report(done, topic, id, told))

    def _report(self, future, topic, id, told):
        error = future.exception()
        if error is not None:
            self._output.failed(topic, id, told, error)
        else:
            metadata = future.result()  # None when acks is 0
            if metadata is None:
                self._output.acknowledged(topic, id, told, -1)
            else:
                self._output.acknowledged(topic, id, metadata.partition, metadata.offset)
        self._open -= 1
        self._idle.set()

    async def drain(self):
        """Waits for every outcome."""
        while self._open:
            self._idle.clear()
            await self._idle.wait()


async def work(configuration, output, control):
    loop = asyncio.get_running_loop()
    # Exceptions of the client's own tasks are logged there and reach the records; not a reason to end.
    producer, transactional = await connect(configuration)
    # Kept until the process ends: collecting it would log that it was not closed, and closing may wait for the network.
    output.client = producer
    output.line(type="ready", time_us=crosswind_driver.now_us())
    await loop.run_in_executor(None, control.started.wait)
    if transactional:
        await producer.begin_transaction()
    sends = Sends(producer, configuration, output)
    pace = Pace(configuration.rate, output)
    for id in range(configuration.records):
        wait = pace.wait_s(id)
        if wait > 0:
            await asyncio.sleep(wait)
        elif id % 100 == 0:
            await asyncio.sleep(0)  # a send that finds room never yields: let the client's own tasks run
        if control.stopped.is_set() or is_fatal(producer):
            break
        await sends.send(id)
    await sends.drain()
    if is_fatal(producer):
        output.error("FATAL", "the producer's sender task has ended: it can send no more", True)
    elif transactional:
        await producer.commit_transaction()


def is_fatal(producer):
    """True when the client's background task is gone: nothing will be delivered any more."""
    task = getattr(getattr(producer, "_sender", None), "sender_task", None)
    return task is not None and task.done()


def body(configuration, output, control):
    asyncio.run(work(configuration, output, control))


if __name__ == "__main__":
    sys.exit(crosswind_driver.run("crosswind_aiokafka", "aiokafka", aiokafka.__version__, body))
