"""What the Python drivers share: the lines of the driver protocol (docs/driver-protocol.md), pacing and values.

Standard library only; Python 3.9 or later.
"""

import json
import logging
import os
import sys
import threading
import time
import traceback

PROTOCOL = 1
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
FLUSH_INTERVAL_S = 0.01

# Names of error codes that clients still call by an older name than Kafka's protocol guide does.
KAFKA_NAMES = {
    -1: "UNKNOWN_SERVER_ERROR",
    6: "NOT_LEADER_OR_FOLLOWER",
    10: "MESSAGE_TOO_LARGE",
    17: "INVALID_TOPIC_EXCEPTION",
}


class Failure(Exception):
    """The driver cannot go on: an `error` line with `fatal: true`, and exit code 1."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


def now_us():
    """Microseconds since the Unix epoch."""
    return time.time_ns() // 1000


def error_name(error):
    """Kafka's name for an error code of the Kafka protocol, the client's own name for any other error."""
    code = getattr(error, "errno", None)
    # OSError has an errno too, of another kind.
    if isinstance(code, int) and not isinstance(error, OSError):
        return KAFKA_NAMES.get(code) or getattr(error, "message", None) or type(error).__name__
    return type(error).__name__


class Output:
    """Writes lines to standard output: rows are collected and written together, everything else at once.

    In one flush `sent` rows precede the others, so that no report precedes its record. Any thread may report.
    """

    KINDS = ("sent", "acknowledged", "failed")

    def __init__(self, topics=1):
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._rows = {kind: [[] for _ in range(topics)] for kind in self.KINDS}
        self.client = None
        self.counts = dict.fromkeys(self.KINDS, 0)

    def use_topics(self, topics):
        """Makes room for the rows of so many topics."""
        self._rows = {kind: [[] for _ in range(topics)] for kind in self.KINDS}

    def flush_regularly(self):
        """Flushes on a thread of its own from now on."""

        def loop():
            while True:
                time.sleep(FLUSH_INTERVAL_S)
                self.flush()

        threading.Thread(target=loop, name="flush", daemon=True).start()

    def sent(self, topic, id, partition, time_us):
        """Record `id` is about to be handed to the client."""
        self._add("sent", topic, "[%d,%d,%d]" % (id, partition, time_us))

    def acknowledged(self, topic, id, partition, offset):
        """The client delivered record `id`."""
        self._add("acknowledged", topic, "[%d,%d,%d,%d]" % (id, partition, offset, now_us()))

    def failed(self, topic, id, partition, error, not_persisted=False):
        """The client gave record `id` up; `not_persisted` only when it is certain that it was never written."""
        persistence = "not_persisted" if not_persisted else "indeterminate"
        self._add("failed", topic, '[%d,%d,%d,"%s","%s"]' % (id, partition, now_us(), error_name(error), persistence))

    def _add(self, kind, topic, row):
        with self._lock:
            self._rows[kind][topic].append(row)
            self.counts[kind] += 1

    def flush(self):
        """Writes the waiting rows."""
        with self._write_lock:
            self._flush()

    def _flush(self):
        lines = []
        with self._lock:
            for kind in self.KINDS:
                for topic, rows in enumerate(self._rows[kind]):
                    if rows:
                        lines.append('{"type":"%s","topic":%d,"rows":[%s]}\n' % (kind, topic, ",".join(rows)))
                        self._rows[kind][topic] = []
        if lines:
            self._write("".join(lines))

    def line(self, **fields):
        """Writes one line after the waiting rows."""
        with self._write_lock:
            self._flush()
            self._write(json.dumps(fields, separators=(",", ":")) + "\n")

    def error(self, name, message, fatal):
        """Reports an error that belongs to no record."""
        self.line(type="error", time_us=now_us(), name=name, message=message, fatal=fatal)

    def done(self):
        """Reports the end."""
        counts = self.counts
        self.line(type="done", time_us=now_us(), **counts)

    @staticmethod
    def _write(text):
        data = memoryview(text.encode("utf-8"))
        while data:
            try:
                data = data[os.write(1, data):]
            except OSError:
                os._exit(1)  # the harness is gone: there is nobody left to tell


class LogLines(logging.Handler):
    """Passes the client's warnings and errors on as `log` lines."""

    def __init__(self, output):
        super().__init__(logging.WARNING)
        self._output = output

    def emit(self, record):
        self._output.line(
            type="log", time_us=now_us(), level=record.levelname.lower(), message=record.name + ": " + record.getMessage()
        )


class Control:
    """Listens to the harness: `start`, `stop`, and the end of standard input, which ends the driver at once."""

    def __init__(self, output):
        self._output = output
        self.started = threading.Event()
        self.stopped = threading.Event()

    def listen(self):
        """Listens on a thread of its own from now on."""
        threading.Thread(target=self._loop, name="control", daemon=True).start()

    def _loop(self):
        for line in sys.stdin:
            try:
                kind = json.loads(line).get("type")
            except (ValueError, AttributeError):
                kind = None
            if kind == "start":
                self.started.set()
            elif kind == "stop":
                self.stopped.set()
                self.started.set()
            else:
                sys.stderr.write("ignored a line that is neither start nor stop\n")
        # A writer that is blocked in a full pipe must not keep the process alive.
        threading.Timer(0.2, os._exit, (0,)).start()
        self._output.flush()
        os._exit(0)


class Configuration:
    """The `configure` line."""

    def __init__(self, line):
        try:
            fields = json.loads(line)
            if fields["type"] != "configure" or fields["protocol"] != PROTOCOL:
                raise ValueError("this driver speaks protocol %d and needs configure first" % PROTOCOL)
            self.bootstrap = fields["bootstrap"]
            self.config = fields["config"]
            self.topics = [(topic["name"], topic["partitions"]) for topic in fields["topics"]]
            self.records = fields["records"]
            self.rate = fields.get("rate_records_per_s")
            self.size = fields["size_bytes"]
            self.client_partitioner = fields.get("partitioner", "round-robin") == "client"
            if not self.topics or self.size < 16 or self.records < 0 or (self.rate is not None and not self.rate > 0):
                raise ValueError("topics must not be empty, size_bytes at least 16, rate_records_per_s above 0 or null")
        except (KeyError, TypeError, ValueError) as error:
            raise Failure("BAD_CONFIGURE", "cannot read the configure line: %r" % error)
        self._filler = ALPHABET * (self.size // 64 + 2)

    def value(self, id):
        """The value of record `id`."""
        start = (id & 63) + 16
        return b"%016x" % id + self._filler[start:start + self.size - 16]

    def place(self, id):
        """Topic index, topic name and partition of record `id`; the partition is None when the client chooses."""
        topic = id % len(self.topics)
        name, partitions = self.topics[topic]
        return topic, name, None if self.client_partitioner else (id // len(self.topics)) % partitions


def typed(name, text, default):
    """A property's text as the type of the client's default.

    Kafka's names are accepted beside the client's own: `linger.ms` is `linger_ms`.
    """
    lowered = text.strip().lower()
    if lowered in ("none", "null"):
        return None
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[lowered]
        if isinstance(default, float):
            return float(text) if "." in text or "inf" in lowered else int(text)
        if isinstance(default, int):
            return text if name == "acks" and lowered == "all" else int(text)
    except (KeyError, ValueError):
        kind = "true or false" if isinstance(default, bool) else "a number"
        raise Failure("INVALID_PROPERTY", "%s must be %s, not %r" % (name, kind, text))
    if default is None or not isinstance(default, str):
        # No type to go by: numbers and truth values stand for themselves.
        if lowered in ("true", "false"):
            return lowered == "true"
        if lowered.lstrip("-").isdigit():
            return int(text)
    return text


def properties(config, defaults):
    """The client's keyword arguments. Unknown names pass through: the client itself shall reject them."""
    result = {}
    for name, text in sorted(config.items()):
        own = name.replace(".", "_")
        result[own] = typed(own, text, defaults.get(own))
    return result


class Pace:
    """Open loop: record n is due at start + n / rate, however late the client is."""

    def __init__(self, rate, output):
        self._interval = 1.0 / rate if rate else 0.0
        self._start = time.monotonic()
        output.line(type="began", time_us=now_us())

    def wait_s(self, id):
        """Seconds until record `id` is due; not positive when it is."""
        if not self._interval:
            return 0.0
        return self._start + id * self._interval - time.monotonic()


def due_records(configuration, output, control):
    """Says ready, waits for start, and gives the id of each record when it is due; ends at stop."""
    output.line(type="ready", time_us=now_us())
    control.started.wait()
    pace = Pace(configuration.rate, output)
    for id in range(configuration.records):
        wait = pace.wait_s(id)
        if wait > 0:
            control.stopped.wait(wait)
        if control.stopped.is_set():
            return
        yield id


def run(driver, client, version, body):
    """Speaks the protocol around `body(configuration, output, control)`, which runs from connecting to the last report."""
    output = Output()
    output.line(type="hello", protocol=PROTOCOL, driver=driver, client=client, version=version)
    line = sys.stdin.readline()
    if not line:
        return 0
    logging.getLogger().addHandler(LogLines(output))
    try:
        configuration = Configuration(line)
        output.use_topics(len(configuration.topics))
        control = Control(output)
        control.listen()
        output.flush_regularly()
        body(configuration, output, control)
        output.done()
        code = 0
    except Failure as failure:
        output.error(failure.name, str(failure), True)
        code = 1
    except Exception as error:  # the client's own words, whatever it raised
        traceback.print_exc()
        output.error(error_name(error), str(error) or repr(error), True)
        code = 1
    sys.stderr.flush()
    # Client threads may still wait for the network; everything that matters has been said.
    os._exit(code)
